import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { QueryTypes } from 'sequelize';
import { recordAuditOf } from '../../../server/audit/record-audit.ts';
import { findEndedListenersOf } from '../../../server/images/ended-listeners.ts';
import { createAliveMark, letGoOfOlderUploads } from '../../../server/installation/alive-mark.ts';
import { createJobs } from '../../../server/jobs/jobs.ts';
import { seedOf } from '../../../server/maintenance/seed/seed.ts';
import { createBackgroundMetrics } from '../../../server/monitoring/background-metrics.ts';
import { createRegistry } from '../../../server/monitoring/registry.ts';
import { createBackfillJobs } from '../../../server/thumbnailing/backfill-jobs.ts';
import { inheritLastRun } from '../../../server/thumbnailing/inherit-last-run.ts';
import { recordFailureOf } from '../../../server/thumbnailing/record-failure.ts';
import { createSweep } from '../../../server/thumbnailing/sweep.ts';
import { ensureFirstTiers } from '../../../server/tiers/first-tiers.ts';
import { findTableScans } from '../../support/find-table-scans.ts';
import { createThumbnailingWorld, type ThumbnailingWorld } from '../../support/thumbnailing-world.ts';
import { watchStatements } from '../../support/watch-statements.ts';

describe('the work in the background, on large tables', () => {
  let world: ThumbnailingWorld;

  beforeAll(async () => {
    world = await createThumbnailingWorld();
    await ensureFirstTiers({ ...world, recordAudit: recordAuditOf(world.models) })();
    await seedOf({ ...world, databaseUrl: world.database.url })({ users: 20_000, images: 20_000, logEntries: 5_000 });
    await run(`
      INSERT INTO image_events (owner_id, image_id, created_at)
        SELECT owner_id, id, now() - random() * interval '26 hours' FROM images;
      INSERT INTO tombstones (object_key, image_id, sweep_due_at)
        SELECT gen_random_uuid() || '/gone', gen_random_uuid(), now() + (random() - 0.01) * interval '1 day'
        FROM generate_series(1, 10000);
      INSERT INTO jobs (id, kind, state, finished_at, created_by)
        SELECT gen_random_uuid(), 'reprocess', 'done', now() - random() * interval '31 days', id
        FROM accounts;
      INSERT INTO refresh_tokens (id, family_id, account_id, used_at, names_family, expires_at)
        SELECT gen_random_uuid(), gen_random_uuid(), id, CASE WHEN n < 5 THEN now() - random() * interval '70 minutes' END,
          true, now() + (random() - 0.01) * interval '14 days'
        FROM accounts, generate_series(4, 5) n;
      INSERT INTO rate_limits (key, points, expire)
        SELECT 'key ' || n, 1, extract(epoch FROM now()) * 1000 + n * 100 - 60000 FROM generate_series(1, 10000) n;
      INSERT INTO idempotency_keys (account_id, method, path, key, request_fingerprint, created_at)
        SELECT id, 'POST', '/image/upload', n::text, 'x', now() - random() * interval '25 hours'
        FROM accounts, generate_series(1, 1) n;
      INSERT INTO expiring_links (id, image_id, owner_id, expire_time_seconds, expires_at, revoked_at)
        SELECT gen_random_uuid(), id, owner_id, 300, now() - random() * interval '31 days',
          CASE WHEN n = 1 THEN now() - random() * interval '31 days' END FROM images, generate_series(1, 2) n;
      INSERT INTO sessions (sid, sess, expire)
        SELECT 'session ' || n, json_build_object('accountId', gen_random_uuid()),
          localtimestamp + (random() - 0.01) * interval '8 hours' FROM generate_series(1, 10000) n;
      -- Few beside the accounts, as in an installation of a million: their owners are looked up one by one.
      UPDATE images SET status = 'ready', failure_code = NULL, failure_message = NULL
        WHERE id IN (SELECT id FROM images WHERE status = 'failed' ORDER BY id OFFSET 20);
      UPDATE images SET work_due_at = now() - interval '1 second' WHERE id IN (SELECT id FROM images ORDER BY id LIMIT 40);
      UPDATE images SET state = 'uploading', upload_lease_until = now() - interval '1 hour', reserved_bytes = 1
        WHERE id IN (SELECT id FROM images ORDER BY id DESC LIMIT 20)`);
    // Outside of a transaction, as VACUUM must be.
    await run('VACUUM (ANALYZE)');
  }, 120_000);
  afterAll(() => world.close());

  async function run(sql: string) {
    await world.sequelize.query(sql, { type: QueryTypes.RAW });
  }

  it('never reads a whole table', async () => {
    const { sequelize, models, store, logger, database } = world;
    const health = () => ({ status: 'ok' as const, queued: 0 });
    const someone = await models.Account.findOne({ rejectOnEmpty: true });
    const image = await models.Image.findOne({ rejectOnEmpty: true });
    const { id: accountId, tierId } = someone;
    const statements = watchStatements();
    try {
      const sweep = createSweep(world);
      await sweep.runOnce();
      const jobs = createJobs({
        ...world,
        handlers: createBackfillJobs({ sequelize, wakeSweep() {} }),
        pollSeconds: 0.01,
      });
      const ids = [
        await jobs.enqueue('account-tier-changed', { accountId }, { dedupe: accountId }),
        await jobs.enqueue('tier-changed', { tierId }),
        await jobs.enqueue('reprocess', { scope: { which: 'owner', ownerId: accountId }, force: true }),
        await jobs.enqueue('reprocess', { scope: { which: 'failed' } }),
      ];
      jobs.start();
      const haveBegun = async () =>
        (await Promise.all(ids.map((id) => jobs.get(id)))).every((job) => job?.progressTotal !== null);
      while (!(await haveBegun())) await new Promise((resolve) => setTimeout(resolve, 50));
      for (const id of ids) await jobs.cancel(id);
      await jobs.stop();
      await sweep.runOnce();

      await recordFailureOf(world)({ originalKey: image.objectKey, reason: 'crash' });
      await inheritLastRun(sequelize);
      await createAliveMark(world).beat();
      await run('UPDATE installation SET alive_at = NULL');
      await letGoOfOlderUploads({ sequelize, store, logger });
      await findEndedListenersOf(world)([{ accountId, tokenGeneration: 1 }]);
      const sweepStatus = sweep.status;
      const registry = createRegistry(sequelize);
      createBackgroundMetrics({ registry, sequelize, functionHealth: health, sweepStatus });
      await registry.metrics();
    } finally {
      statements.stop();
    }
    const { explained, scans } = await findTableScans(database.url, statements.sent);
    expect(scans).toEqual([]);
    const tables = [
      'tombstones',
      'sessions',
      'rate_limits',
      'expiring_links',
      'jobs',
      'refresh_tokens',
      'idempotency_keys',
    ];
    expect(tables.filter((table) => !explained.some((text) => text.includes(table)))).toEqual([]);
    expect(explained.length).toBeGreaterThan(30);
  }, 60_000);

  it('deletes no row whose references are found only by reading a whole table', async () => {
    const rows = await world.sequelize.query(
      `SELECT conrelid::regclass::text AS table, conname AS name FROM pg_constraint c
       WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND NOT EXISTS (
         SELECT FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indkey[0] = c.conkey[1] AND i.indisvalid
           AND (i.indpred IS NULL
             OR pg_get_expr(i.indpred, i.indrelid) = format('(%I IS NOT NULL)',
               (SELECT attname FROM pg_attribute WHERE attrelid = c.conrelid AND attnum = c.conkey[1]))))`,
      { type: QueryTypes.SELECT },
    );
    expect(rows).toEqual([]);
  });
});
