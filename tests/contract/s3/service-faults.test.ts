import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ObjectStore } from '../../../core/storage/object-store.ts';
import { openS3Store } from '../../../server/open-store.ts';
import { eventually } from '../../support/images-world.ts';
import { type App, type Client, picture, startApp } from '../../support/start-app.ts';
import { type FaultyProxy, startFaultyProxy } from './faulty-proxy.ts';
import { startVersityGw, type VersityGw } from './start-versitygw.ts';

describe('the service, when what is between it and its S3 server fails', () => {
  let gateway: VersityGw;
  let proxy: FaultyProxy;
  let directory: string;
  let app: App;
  let ann: Client;
  let direct: ObjectStore;
  let originalsBucket: string;
  let thumbnailsBucket: string;

  beforeAll(async () => {
    gateway = await startVersityGw();
    proxy = await startFaultyProxy(gateway.port);
    directory = await mkdtemp(join(tmpdir(), 'darkroom-faults-'));
    const settings = { ...gateway.makeBuckets(), S3_ENDPOINT: proxy.endpoint };
    // In this process the SDK looks here.
    Object.assign(process.env, settings);
    app = await startApp({ environment: { ...settings, DATA_DIR: directory } });
    ann = await app.as('ann', 'Enterprise');
    const s3 = app.config.s3!;
    ({ originalsBucket, thumbnailsBucket } = s3);
    direct = await openS3Store({ ...s3, endpoint: gateway.endpoint });
  });
  afterAll(async () => {
    await direct?.close();
    await app?.close();
    await proxy.close();
    await gateway.stop();
    await rm(directory, { recursive: true, force: true });
  });
  beforeEach(() => proxy.failTimes(0, 'hang'));

  const toOriginals = () => new RegExp(`^(PUT|POST) /${originalsBucket}/[0-9a-f-]{36}/`);
  const toThumbnails = () => new RegExp(`^PUT /${thumbnailsBucket}/`);
  async function originals(): Promise<string[]> {
    const keys: string[] = [];
    for await (const { key } of direct.list('originals', '')) if (!key.startsWith('darkroom/')) keys.push(key);
    return keys;
  }
  const usage = async () => ((await ann.get('/me')).json as { usage: { images: number; bytes: number } }).usage;
  const upload = async (seed: number, name: string, wait = 30) =>
    ann.upload(await picture(seed, 500, 400), { query: `?filename=${name}`, headers: { prefer: `wait=${wait}` } });

  it('has one image, whole, when the store did its work and its answer was lost', async () => {
    proxy.failTimes(1, 'lose answer', toOriginals());
    const answer = await upload(1, 'lost.png');
    expect(answer).toMatchObject({ status: 201, json: { status: 'ready', name: 'lost.png' } });
    const keys = await originals();
    expect(keys).toHaveLength(1);
    const object = await direct.get('originals', keys[0]!);
    expect((await buffer(object!.body)).equals(await picture(1, 500, 400))).toBe(true);
  });

  it.each([
    ['says SlowDown without end', 'slow down'],
    ['is cut off each time', 'cut request'],
  ] as const)(
    'answers 503, says when to come again and keeps nothing of an upload when the store %s',
    async (_name, fault) => {
      const before = { usage: await usage(), originals: await originals() };
      proxy.failTimes(1_000, fault, toOriginals());
      const refused = await upload(2, 'again.png');
      expect(refused).toMatchObject({ status: 503, code: 'unavailable' });
      expect(refused.headers.get('retry-after')).toBe('5');
      expect(refused.text).not.toContain(originalsBucket);
      expect({ usage: await usage(), originals: await originals() }).toEqual(before);
      proxy.failTimes(0, fault);
      const taken = await upload(2, 'again.png');
      expect(taken).toMatchObject({ status: 201, json: { name: 'again.png', status: 'ready' } });
      const { id } = taken.json as { id: string };
      expect((await ann.call(`/image/${id}`, { method: 'DELETE' })).status).toBe(204);
    },
  );

  it('has the thumbnails although the store faltered while they were written', async () => {
    proxy.failTimes(2, 'slow down', toThumbnails());
    expect(await upload(3, 'made.png')).toMatchObject({ status: 201, json: { status: 'ready' } });
  });

  it('says what does not work while the store is away, and goes on with what needs no store', async () => {
    proxy.failTimes(1_000, 'slow down');
    expect(await app.call('/readyz')).toMatchObject({ status: 503, json: { database: 'ok', store: 'does not work' } });
    const list = await ann.get('/image/all');
    expect(list.status).toBe(200);
    const [image] = list.json as { id: string }[];
    // Certain to go, from now on: the sweep deletes what the store keeps for the moment.
    expect((await ann.call(`/image/${image!.id}`, { method: 'DELETE' })).status).toBe(204);
    expect(await app.models.Tombstone.count({ where: { imageId: image!.id } })).toBe(1);
    proxy.failTimes(0, 'hang');
    await eventually(async () => expect((await app.call('/readyz')).status).toBe(200));
  });
});
