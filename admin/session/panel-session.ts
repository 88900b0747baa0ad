import connectPgSimple from 'connect-pg-simple';
import type { Request, RequestHandler } from 'express';
import session, { type SessionData } from 'express-session';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Sequelize } from 'sequelize';
import type { PanelPaths } from '../security/panel-paths.ts';

declare module 'express-session' {
  interface SessionData {
    /** At the top level: an index finds all sessions of an account. */
    accountId: string;
    /** As it was at the login; a password change makes the account's higher, which ends the session. */
    tokenGeneration: number;
    /** ISO 8601. */
    signedInAt: string;
    address: string;
    userAgent: string;
  }
}

const hour = 60 * 60 * 1000;
/** A session that nobody uses ends (OWASP ASVS 5.0, 7.3.1). */
export const idleMilliseconds = 8 * hour;
/** A session ends, used or not (7.3.2). */
export const absoluteMilliseconds = 7 * 24 * hour;

export interface PanelSessionDeps {
  sequelize: Sequelize;
  /** The first signs; all are accepted, so that a key can be changed without ending sessions. */
  secrets: readonly string[];
  publicUrl: string;
  paths: Pick<PanelPaths, 'site' | 'panel'>;
  logger: Logger;
}

/** Sessions in the table `sessions`, with their cookie. */
export function createPanelSession({ sequelize, secrets, publicUrl, paths, logger }: PanelSessionDeps) {
  const isSecure = publicUrl.startsWith('https:');
  // Below a path there may be other services on the host, another Darkroom too; __Host- is for a host of one's own.
  const [prefix, path] = paths.site === '' ? ['__Host-', '/'] : ['__Secure-', paths.panel];
  const Store = connectPgSimple(session);
  const store = new Store({
    pool: poolOf(sequelize),
    tableName: 'sessions',
    // The sweep deletes those that have ended, in batches.
    pruneSessionInterval: false,
    errorLog: (...details: unknown[]) => logger.warn({ details: details.map(String) }, 'panel sessions'),
  });
  const handle = session({
    store,
    secret: [...secrets],
    name: isSecure ? `${prefix}darkroom_admin` : 'darkroom_admin',
    cookie: { httpOnly: true, sameSite: 'lax', secure: isSecure, path, maxAge: idleMilliseconds },
    rolling: true,
    resave: false,
    saveUninitialized: false,
  });
  const middleware: RequestHandler = (req, res, next) => {
    // TLS ends in front of us, and PUBLIC_URL alone says that it is there: the cookie must not depend on a header.
    if (isSecure) Object.defineProperty(req, 'secure', { value: true, configurable: true });
    handle(req, res, next);
  };
  return { middleware, close: () => store.close() };
}

/** The store wants a pg pool; it gets the one that everything else uses. */
function poolOf(sequelize: Sequelize): Pool {
  const query = async (text: string, bind: unknown[]) => {
    const [rows] = await sequelize.query(text, { bind: bind.map(asParameter) });
    return { rows };
  };
  return { query } as unknown as Pool;
}

function asParameter(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}

/** A new session id with these data; what the old id held is gone (against session fixation; 7.2.4). */
export async function startSession(req: Request, data: Omit<SessionData, 'cookie'>): Promise<void> {
  await asPromise((done) => req.session.regenerate(done));
  Object.assign(req.session, data);
  await asPromise((done) => req.session.save(done));
}

export async function endSession(req: Request): Promise<void> {
  await asPromise((done) => req.session.destroy(done));
}

function asPromise(call: (done: (error?: unknown) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    call((error) => (error ? reject(error) : resolve()));
  });
}
