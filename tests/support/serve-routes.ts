import type { AddressInfo } from 'node:net';
import express from 'express';
import { pino } from 'pino';
import { AppError } from '../../core/errors.ts';
import { loadActorOf } from '../../server/accounts/load-actor.ts';
import { type MountDeps, mountRoutes } from '../../server/http/mount-routes.ts';
import { problemHandler } from '../../server/http/problem.ts';
import { restPaths } from '../../server/http/rest-paths.ts';
import type { Route } from '../../server/http/route.ts';
import type { Models } from '../../server/models.ts';

export interface ServedRoutes {
  /** Without a slash at its end. */
  url: string;
  close(): Promise<void>;
}

/** Routes on a free loopback port, without the rest of the service: `Authorization: Bearer ACCOUNT_ID` says who asks. */
export async function serveRoutes(
  routes: readonly Route[],
  { models, ...more }: { models?: Models } & Partial<MountDeps> = {},
): Promise<ServedRoutes> {
  const app = express();
  app.use(restPaths());
  app.use(mountRoutes(routes, { authenticate: actorOfHeader(models), ...more }));
  app.use(() => {
    throw new AppError('not_found', 'There is nothing at this address.');
  });
  app.use(problemHandler(pino({ level: 'silent' })));
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function actorOfHeader(models: Models | undefined): MountDeps['authenticate'] {
  const sequelize = models?.Account.sequelize;
  const loadActor = sequelize && loadActorOf({ sequelize });
  return async (req) => {
    const accountId = /^Bearer (.+)$/.exec(req.headers.authorization ?? '')?.[1];
    const actor = accountId ? await loadActor?.(accountId) : null;
    if (!actor) throw new AppError('not_authenticated', 'Log in.');
    return actor;
  };
}
