import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { createDiskObjectStore } from '../../core/storage/disk-object-store.ts';
import type { ObjectStore } from '../../core/storage/object-store.ts';
import { recordAuditOf } from '../../server/audit/record-audit.ts';
import { createLinkOf } from '../../server/links/create-link.ts';
import { linkPresenter } from '../../server/links/link.presenter.ts';
import { createLinkTokens } from '../../server/links/link-token.ts';
import { createLinkUses } from '../../server/links/link-uses.ts';
import { linksRoutes } from '../../server/links/links.routes.ts';
import { listLinksOf } from '../../server/links/list-links.ts';
import { openLinkOf } from '../../server/links/open-link.ts';
import { revokeLinkOf } from '../../server/links/revoke-link.ts';
import { buildAccount } from './builders/build-account.ts';
import { buildTier } from './builders/build-tier.ts';
import { openTestDatabase } from './open-test-database.ts';
import { serveRoutes } from './serve-routes.ts';

/** Expiring links over HTTP, on a database and a disk store of their own. */
export async function openLinksWorld({ redirectFromBytes = null }: { redirectFromBytes?: number | null } = {}) {
  const database = await openTestDatabase();
  const { sequelize, models } = database;
  const directory = await mkdtemp(join(tmpdir(), 'darkroom-links-'));
  const disk = createDiskObjectStore({
    directory,
    presign: { publicUrl: 'http://store.test', accessKeyId: 'key', secretAccessKey: 'secret' },
  });
  /** What a test puts in here is done in place of the store's own. */
  const faults: Partial<ObjectStore> = {};
  const store: ObjectStore = new Proxy(disk, {
    get: (target, name) => Reflect.get(faults, name) ?? Reflect.get(target, name),
  });
  const tokens = createLinkTokens({ current: 'a key for links' });
  const present = linkPresenter({ publicUrl: 'http://darkroom.test', tokens });
  const uses = createLinkUses({ sequelize, logger: pino({ level: 'silent' }) });
  const served = await serveRoutes(
    linksRoutes({
      createLink: createLinkOf({ sequelize, present }),
      listLinks: listLinksOf({ sequelize, present, uses }),
      revokeLink: revokeLinkOf({ sequelize, recordAudit: recordAuditOf(models) }),
      openLink: openLinkOf({ sequelize, store, tokens, uses, redirectFromBytes }),
    }),
    { models },
  );
  const tier = await buildTier(models, { thumbnailHeights: [200, 400], expiringLink: true });

  return {
    ...database,
    store,
    faults,
    tokens,
    tier,
    url: served.url,
    buildOwner: () => buildAccount(models, { tierId: tier.id }),
    request: (path: string, { as, ...init }: RequestInit & { as?: { id: string } } = {}) =>
      fetch(served.url + path, {
        redirect: 'manual',
        ...init,
        headers: { ...(as ? { authorization: `Bearer ${as.id}` } : {}), ...Object(init.headers) },
      }),
    async close() {
      await served.close();
      await database.close();
      await disk.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export type LinksWorld = Awaited<ReturnType<typeof openLinksWorld>>;
