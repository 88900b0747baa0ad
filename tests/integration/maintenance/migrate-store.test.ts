import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { v7 as uuidV7 } from 'uuid';
import { AppError } from '../../../core/errors.ts';
import { createDiskObjectStore } from '../../../core/storage/disk-object-store.ts';
import { installationKey } from '../../../core/storage/object-key.ts';
import type { Bucket, ObjectStore } from '../../../core/storage/object-store.ts';
import { createRecipe } from '../../../core/thumbnails/recipe.ts';
import type { AccountModel } from '../../../server/accounts/account.model.ts';
import type { ImageModel } from '../../../server/images/image.model.ts';
import { writeBucketRecord } from '../../../server/installation/installation-record.ts';
import {
  type MigrationFinding,
  type MigrationOptions,
  migrateStoreOf,
} from '../../../server/maintenance/migrate-store.ts';
import type { TierModel } from '../../../server/tiers/tier.model.ts';
import { createMemoryObjectStore, type MemoryObjectStore } from '../../support/memory-object-store.ts';
import { createThumbnailingWorld, type ThumbnailingWorld } from '../../support/thumbnailing-world.ts';

const buckets = ['originals', 'thumbnails'] as const;
const mark = { id: uuidV7(), secrets: null };

describe('moving to another store', () => {
  let world: ThumbnailingWorld;
  let source: MemoryObjectStore;
  let target: MemoryObjectStore;
  let tier: TierModel;
  let owner: AccountModel;
  let findings: MigrationFinding[];

  beforeAll(async () => {
    world = await createThumbnailingWorld();
    source = world.store;
    tier = await world.buildTier({ isDefault: true, thumbnailHeights: [200, 400] });
    owner = await world.buildAccount(tier);
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    await world.sequelize.query('DELETE FROM images');
    for (const bucket of buckets) {
      await source.delete(bucket, source.keys(bucket));
      await writeBucketRecord(source, bucket, mark);
    }
    target = createMemoryObjectStore();
    findings = [];
  });

  function run(options: MigrationOptions = {}, stores: { source?: ObjectStore; target?: ObjectStore } = {}) {
    const migrate = migrateStoreOf({ ...world, source, target, pauseMilliseconds: 1, ...stores });
    return migrate({ ...options, onFinding: (finding) => findings.push(finding) });
  }
  let seed = 0;
  /** With its thumbnails. */
  async function upload(): Promise<ImageModel> {
    seed += 1;
    const bytes = Buffer.alloc(100_000 + seed, seed);
    const image = await world.buildImage(owner, {
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    });
    const metadata = { owner: owner.id, name: 'a%20b.png' };
    await source.put('originals', image.objectKey, bytes, { contentType: 'image/png', metadata });
    await world.applyResult(await world.writeResult(image.objectKey, createRecipe(tier)));
    return image;
  }
  const uploads = async (count: number) => {
    const images: ImageModel[] = [];
    for (let at = 0; at < count; at += 1) images.push(await upload());
    return images;
  };
  const thumbnailsOf = async (image: ImageModel) =>
    (await world.models.Thumbnail.findAll({ where: { imageId: image.id } })).map((made) => made.objectKey).sort();
  async function contents(store: ObjectStore) {
    const all: Record<string, unknown> = {};
    for (const bucket of buckets) {
      for await (const { key } of store.list(bucket, '')) {
        const object = await store.get(bucket, key);
        const { contentType, metadata } = object!;
        all[`${bucket} ${key}`] = { contentType, metadata, bytes: (await buffer(object!.body)).toString('base64') };
      }
    }
    return all;
  }
  const hasMark = async (store: ObjectStore) => (await store.head('originals', installationKey)) !== null;

  it('copies what rows name, with type and metadata, into a folder and back, and touches nothing in the source', async () => {
    await uploads(3);
    const stray = { contentType: 'text/plain' };
    await source.put('originals', 'stray.txt', Buffer.from('x'), stray);
    const uploading = await world.buildImage(owner, {
      state: 'uploading',
      uploadLeaseUntil: new Date(),
      workDueAt: null,
    });
    const before = await contents(source);
    const directory = await mkdtemp(join(tmpdir(), 'darkroom-move-'));
    const presign = { publicUrl: 'http://darkroom.test', accessKeyId: 'key', secretAccessKey: 'secret' };
    const disk = createDiskObjectStore({ directory, presign });
    try {
      const there = await run({}, { target: disk });
      expect(there).toMatchObject({ originals: { copied: 3 }, thumbnails: { copied: 6 }, findings: 0 });
      expect(await contents(source)).toEqual(before);
      const back = await run({ verify: true }, { source: disk });
      expect(back).toMatchObject({ originals: { copied: 3 }, thumbnails: { copied: 6 }, findings: 0 });
      const expected = Object.entries(before).filter(
        ([key]) => !key.includes('stray') && !key.includes(uploading.objectKey) && !key.endsWith('.result.json'),
      );
      expect(await contents(target)).toEqual(Object.fromEntries(expected));
    } finally {
      await disk.close();
      await rm(directory, { recursive: true, force: true });
    }
  });

  it('is quick a second time, and takes what was uploaded and what was made anew meanwhile', async () => {
    const [first] = await uploads(2);
    await run();
    const [key = ''] = await thumbnailsOf(first!);
    target.touch('thumbnails', key, new Date(Date.now() - 60_000));
    const later = await upload();
    const { put, get, head } = target.calls;
    expect(await run()).toMatchObject({
      originals: { copied: 1, there: 2 },
      thumbnails: { copied: 3, there: 3 },
    });
    // The marks, and what was copied; whatever is there is seen in the listing.
    expect(target.calls.put - put).toBe(4 + 2);
    expect(target.calls.get - get).toBe(2);
    expect(target.calls.head - head).toBe(0);
    expect(target.keys('originals')).toContain(later.objectKey);
  });

  it('goes on where it was cut off', async () => {
    await uploads(12);
    let puts = 0;
    const failing = new Proxy(target, {
      get: (store, name) =>
        name === 'put'
          ? (...args: Parameters<ObjectStore['put']>) => {
              puts += 1;
              store.isAway = puts > 5;
              return store.put(...args);
            }
          : Reflect.get(store, name),
    });
    await expect(run({}, { target: failing })).rejects.toMatchObject({ code: 'unavailable' });
    target.isAway = false;
    const cut = target.keys('originals').length;
    expect(cut).toBe(5);
    expect(await hasMark(target)).toBe(false);
    expect(await run()).toMatchObject({
      originals: { copied: 7, there: 5 },
      thumbnails: { copied: 24 },
      findings: 0,
    });
    expect(await hasMark(target)).toBe(true);
  });

  it('waits for a store that is away for a moment', async () => {
    await uploads(2);
    const asked = new Set<string>();
    const faltering = new Proxy(source, {
      get: (store, name) =>
        name === 'get'
          ? (...args: Parameters<ObjectStore['get']>) => {
              const isFirst = !asked.has(args[1]);
              asked.add(args[1]);
              return isFirst ? Promise.reject(new AppError('unavailable', 'Not now.')) : store.get(...args);
            }
          : Reflect.get(store, name),
    });
    expect(await run({}, { source: faltering })).toMatchObject({ originals: { copied: 2 }, findings: 0 });
  });

  it('tells what is damaged or missing, copies none of it, and leaves the new store without its mark', async () => {
    const [damaged, shorter, missing, bare, whole] = await uploads(5);
    const png = { contentType: 'image/png' };
    await source.put('originals', damaged!.objectKey, Buffer.alloc(damaged!.bytes!, 255), png);
    await source.put('originals', shorter!.objectKey, Buffer.alloc(9), png);
    await source.delete('originals', [missing!.objectKey]);
    const [thumbnail = ''] = await thumbnailsOf(bare!);
    await source.delete('thumbnails', [thumbnail]);
    expect(await run()).toMatchObject({ originals: { copied: 2 }, thumbnails: { copied: 9 }, findings: 4 });
    const told = findings.map(({ kind, imageId, what, detail }) => `${kind} ${imageId} ${what} ${detail}`.trim());
    expect(told.sort()).toEqual(
      [
        `differs ${damaged!.id} its original another SHA-256 than at the upload`,
        `differs ${shorter!.id} its original 9 bytes instead of ${shorter!.bytes}`,
        `missing ${missing!.id} its original`,
        `missing ${bare!.id} its thumbnail 200 (same)`,
      ].sort(),
    );
    expect(target.keys('originals')).toEqual([bare!.objectKey, whole!.objectKey].sort());
    expect(await hasMark(target)).toBe(false);
  });

  it('is not told of an image that is deleted while it runs', async () => {
    const image = await upload();
    const deleting = new Proxy(source, {
      get: (store, name) =>
        name === 'get'
          ? async (...args: Parameters<ObjectStore['get']>) => {
              if (args[1] !== image.objectKey) return store.get(...args);
              await image.destroy();
              return null;
            }
          : Reflect.get(store, name),
    });
    expect(await run({}, { source: deleting })).toMatchObject({ originals: { copied: 0 }, findings: 0 });
  });

  it('copies again what is damaged in the new store: by length always, by hash when it is to verify', async () => {
    const [longer, other] = await uploads(2);
    await run();
    const png = { contentType: 'image/png' };
    await target.put('originals', longer!.objectKey, Buffer.alloc(9), png);
    await target.put('originals', other!.objectKey, Buffer.alloc(other!.bytes!), png);
    expect(await run()).toMatchObject({ originals: { copied: 1, there: 1 } });
    expect(await run({ verify: true })).toMatchObject({ originals: { copied: 1, there: 1 } });
    expect(await run({ verify: true })).toMatchObject({ originals: { copied: 0, there: 2 } });
  });

  it('says what it would do, and writes nothing', async () => {
    const [, gone] = await uploads(3);
    await source.delete('originals', [gone!.objectKey]);
    const progress: number[] = [];
    const report = await run({ dryRun: true, onProgress: ({ done, total }) => progress.push(done / total) });
    expect(report).toMatchObject({ originals: { copied: 2 }, thumbnails: { copied: 6 }, findings: 1 });
    expect(target.calls.put).toBe(0);
    expect(progress.at(-1)).toBe(1);
  });

  it.each(buckets)('refuses %s of another installation', async (bucket: Bucket) => {
    await upload();
    await writeBucketRecord(target, bucket, { id: uuidV7(), secrets: null });
    await expect(run()).rejects.toThrow('another installation');
    expect(target.calls.put).toBe(1);
  });

  it('ends when it is told to', async () => {
    await upload();
    await expect(run({ signal: AbortSignal.abort() })).rejects.toThrow();
    expect(target.calls.put).toBe(0);
  });
});
