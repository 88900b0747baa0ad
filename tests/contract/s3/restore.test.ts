import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { aliveKey } from '../../../core/storage/object-key.ts';
import type { ObjectStore } from '../../../core/storage/object-store.ts';
import { recordAuditOf } from '../../../server/audit/record-audit.ts';
import { createSequelize } from '../../../server/db/sequelize.ts';
import type { ImageModel } from '../../../server/images/image.model.ts';
import { createJobs } from '../../../server/jobs/jobs.ts';
import { type CheckOptions, checkOf, type Finding } from '../../../server/maintenance/check.ts';
import { createModels } from '../../../server/models.ts';
import { openS3Store } from '../../../server/open-store.ts';
import { copyTestDatabase, createTestDatabase, type TestDatabase } from '../../support/create-test-database.ts';
import { eventually } from '../../support/images-world.ts';
import { type App, type Client, picture, startApp } from '../../support/start-app.ts';
import { startVersityGw, type VersityGw } from './start-versitygw.ts';

describe('yesterday’s database in front of today’s buckets', () => {
  let gateway: VersityGw;
  let directory: string;
  let settings: Record<string, string>;
  const databases: TestDatabase[] = [];
  let app: App;

  beforeAll(async () => {
    gateway = await startVersityGw();
    directory = await mkdtemp(join(tmpdir(), 'darkroom-restore-'));
    settings = gateway.makeBuckets();
    // In this process the SDK looks here.
    Object.assign(process.env, settings);
    databases.push(await createTestDatabase());
  });
  afterAll(async () => {
    await app?.close();
    for (const database of databases) await database.drop();
    await rm(directory, { recursive: true, force: true });
    await gateway.stop();
  });

  async function start({ url }: TestDatabase): Promise<void> {
    const beside = { config: { databaseUrl: url } as App['config'], directory };
    app = await startApp({ environment: settings, beside });
  }
  async function check(options: CheckOptions) {
    const { sequelize, models, config } = app;
    const store = await openS3Store(config.s3!);
    const jobs = createJobs({ sequelize, models, handlers: [], logger: pino({ level: 'silent' }) });
    const findings: Finding[] = [];
    const report = await checkOf({ sequelize, models, store, recordAudit: recordAuditOf(models), jobs })({
      hashes: 'all',
      ...options,
      onFinding: (finding) => findings.push(finding),
    });
    await store.close();
    return { ...report, kinds: findings.map((finding) => finding.kind).sort() };
  }
  const facts = async (client: Client) =>
    ((await client.get('/image/all?order=name')).json as { id: string; name: string; sha256: string }[]).map(
      ({ id, name, sha256 }) => ({ id, name, sha256 }),
    );
  /** It ran when the backup was taken, and went well a moment later. */
  async function asRunningUpload({ url }: TestDatabase, image: ImageModel): Promise<void> {
    const sequelize = createSequelize({ url, poolSize: 1 });
    const { id, ownerId, name, objectKey } = image;
    const uploadLeaseUntil = new Date(image.createdAt.getTime() + 30_000);
    await createModels(sequelize).Image.create({ id, ownerId, name, objectKey, state: 'uploading', uploadLeaseUntil });
    await sequelize.close();
  }
  async function bytesOf(store: ObjectStore, imageId: string): Promise<Buffer> {
    const { objectKey } = await app.models.Image.findByPk(imageId, { rejectOnEmpty: true });
    return buffer((await store.get('originals', objectKey))!.body);
  }

  it('gets every photograph back with check --fix, and names what was deleted since', async () => {
    const pictures = await Promise.all([1, 2, 3, 4].map((seed) => picture(seed, 500, 400)));
    await start(databases[0]!);
    let ann = await app.as('ann', 'Enterprise');
    const kept = await ann.uploaded(pictures[0]!, 'a-kept.png');
    const deleted = await ann.uploaded(pictures[1]!, 'deleted.png');
    await app.close();
    databases.push(await copyTestDatabase(databases[0]!));

    await start(databases[0]!);
    const ben = await app.as('ben', 'Premium');
    ann = await app.logInAs('ann');
    const later = await ann.uploaded(pictures[2]!, 'later.png');
    const bens = await ben.uploaded(pictures[3]!, 'ben.png');
    expect((await ann.call(`/image/${deleted.id}`, { method: 'DELETE' })).status).toBe(204);
    const before = { ann: await facts(ann), ben: await facts(ben) };
    const running = await app.models.Image.findByPk(later.id, { rejectOnEmpty: true });
    const store = await openS3Store(app.config.s3!);
    await eventually(async () => expect(await store.head('originals', aliveKey)).not.toBeNull());
    await app.close();
    await asRunningUpload(databases[1]!, running);

    await start(databases[1]!);
    ann = await app.logInAs('ann');
    expect(await facts(ann)).toEqual([
      { id: kept.id, name: kept.name, sha256: kept.sha256 },
      { id: deleted.id, name: deleted.name, sha256: deleted.sha256 },
    ]);
    expect(await check({})).toMatchObject({
      found: { original_unknown: 2, original_missing: 1 },
      adopted: 0,
      deleted: 0,
    });
    expect(await check({ fix: true })).toMatchObject({ adopted: 2, deleted: 0, found: { original_missing: 1 } });
    expect((await ann.call(`/image/${deleted.id}`, { method: 'DELETE' })).status).toBe(204);
    expect(await facts(ann)).toEqual(before.ann);

    // Whoever came after the backup is there with everything but the password, and staff let them in again.
    const account = await app.models.Account.findOne({ where: { username: 'ben' }, rejectOnEmpty: true });
    expect(account).toMatchObject({ id: ben.id, isActive: false, passwordHash: null });
    const images = await app.models.Image.findAll({ where: { ownerId: ben.id } });
    expect(images.map(({ id, name, sha256 }) => ({ id, name, sha256 }))).toEqual(before.ben);

    expect((await bytesOf(store, kept.id)).equals(pictures[0]!)).toBe(true);
    expect((await bytesOf(store, later.id)).equals(pictures[2]!)).toBe(true);
    expect((await bytesOf(store, bens.id)).equals(pictures[3]!)).toBe(true);
    await store.close();
    await eventually(async () => {
      expect((await ann.image(later.id)).thumbnails.map((made) => made.tierHeight)).toEqual([200, 400]);
      expect(await check({})).toMatchObject({ kinds: [] });
    });
  }, 180_000);
});
