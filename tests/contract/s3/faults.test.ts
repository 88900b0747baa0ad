import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ObjectStore } from '../../../core/storage/object-store.ts';
import { createS3ObjectStore } from '../../../core/storage/s3-object-store.ts';
import { type FaultyProxy, startFaultyProxy } from './faulty-proxy.ts';
import { startVersityGw, type VersityGw } from './start-versitygw.ts';

const png = { contentType: 'image/png' };
const mebibyte = 1024 * 1024;
/** Of one attempt; an operation has three, with pauses of well below a second between them. */
const timeouts = { connect: 300, idle: 500, request: 2_000 };
const longestMs = 15_000;

describe('the S3 driver, when what is between it and a real server fails', () => {
  let gateway: VersityGw;
  let proxy: FaultyProxy;
  let store: ObjectStore;
  /** The same buckets without anything between. */
  let direct: ObjectStore;
  let sdk: S3Client;
  let buckets: { originals: string; thumbnails: string };

  beforeAll(async () => {
    gateway = await startVersityGw();
    proxy = await startFaultyProxy(gateway.port);
    const { S3_ORIGINALS_BUCKET: originals = '', S3_THUMBNAILS_BUCKET: thumbnails = '' } = gateway.makeBuckets();
    buckets = { originals, thumbnails };
    store = open({});
    direct = open({ endpoint: gateway.endpoint });
    const { endpoint, region, accessKeyId, secretAccessKey } = gateway;
    sdk = new S3Client({ endpoint, region, credentials: { accessKeyId, secretAccessKey }, forcePathStyle: true });
  });
  afterAll(async () => {
    sdk.destroy();
    await Promise.all([store.close(), direct.close()]);
    await proxy.close();
    await gateway.stop();
  });
  beforeEach(() => proxy.failTimes(0, 'hang'));

  function open(given: { endpoint?: string; secretAccessKey?: string; originals?: string }): ObjectStore {
    const { endpoint = proxy.endpoint, secretAccessKey = gateway.secretAccessKey, ...named } = given;
    const credentials = { accessKeyId: gateway.accessKeyId, secretAccessKey };
    const client = { endpoint, region: gateway.region, credentials };
    return createS3ObjectStore({ client, buckets: { ...buckets, ...named }, forcePathStyle: true, timeouts });
  }
  const newKey = (): string => `${crypto.randomUUID()}/${randomBytes(16).toString('hex')}`;
  async function bytesOf(key: string): Promise<Buffer | null> {
    const object = await direct.get('originals', key);
    return object && (await buffer(object.body));
  }
  const small = randomBytes(2_000);
  const long = randomBytes(12 * mebibyte);
  const stream = (bytes: Buffer) => Readable.from([bytes]);

  async function failure(work: Promise<unknown>): Promise<unknown> {
    const startedAt = performance.now();
    const error = await work.then(
      () => 'it did not fail',
      (thrown) => thrown,
    );
    expect(performance.now() - startedAt).toBeLessThan(longestMs);
    return error;
  }

  const operations: [string, (store: ObjectStore, key: string) => Promise<unknown>][] = [
    ['put', (given, key) => given.put('originals', key, small, png)],
    ['put in parts', (given, key) => given.put('originals', key, stream(long), png)],
    ['get', async (given, key) => given.get('originals', key).then((object) => object && buffer(object.body))],
    ['head', (given, key) => given.head('originals', key)],
    ['delete', (given, key) => given.delete('originals', [key])],
    ['list', (given, key) => Readable.from(given.list('originals', key)).toArray()],
    ['check', (given) => given.check()],
  ];

  describe.each(operations)('%s', (name, work) => {
    let key: string;
    beforeEach(async () => {
      key = newKey();
      await direct.put('originals', key, small, png);
    });
    const isThere = async () => {
      const bytes = await bytesOf(key);
      if (name === 'delete') expect(bytes === null || bytes.equals(small)).toBe(true);
      else expect(bytes?.equals(small) || bytes?.equals(long)).toBe(true);
    };

    it('does it when the server says SlowDown twice', async () => {
      proxy.failTimes(2, 'slow down');
      await work(store, key);
      expect(proxy.requests.length).toBeGreaterThanOrEqual(3);
    });

    it('is unavailable, soon and with what was there in its place, when it says so without end', async () => {
      proxy.failTimes(1_000, 'slow down');
      expect(await failure(work(store, key))).toMatchObject({ code: 'unavailable', retryAfterSeconds: 5 });
      expect((await bytesOf(key))?.equals(small)).toBe(true);
    });

    it('is unavailable within its time when nothing is answered', async () => {
      proxy.failTimes(1_000, 'hang');
      expect(await failure(work(store, key))).toMatchObject({ code: 'unavailable' });
      expect((await bytesOf(key))?.equals(small)).toBe(true);
    });

    it('does it when the answer is lost once', async () => {
      proxy.failTimes(1, 'lose answer');
      await work(store, key);
      await isThere();
    });

    it('is unavailable, never empty, with wrong credentials, and says nothing of the server', async () => {
      const stranger = open({ secretAccessKey: 'not-the-secret' });
      const error = await failure(work(stranger, key));
      await stranger.close();
      expect(error).toMatchObject({ code: 'unavailable' });
      expect((error as Error).message).not.toMatch(/bucket|127\.0\.0\.1|secret|signature/i);
      expect((await bytesOf(key))?.equals(small)).toBe(true);
    });

    it('is unavailable, never empty, when the bucket is not there', async () => {
      const astray = open({ originals: 'no-such-bucket' });
      const error = await failure(work(astray, key));
      await astray.close();
      expect(error).toMatchObject({ code: 'unavailable' });
    });
  });

  describe('a put', () => {
    it('whose answer is lost is one object, whole', async () => {
      const key = newKey();
      proxy.failTimes(1, 'lose answer', /^PUT /);
      await store.put('originals', key, small, png);
      expect((await bytesOf(key))?.equals(small)).toBe(true);
      expect(proxy.requests.filter((name) => name.startsWith('PUT '))).toHaveLength(2);
    });

    it.each([
      ['of a part', /partNumber=2/],
      ['of the begin', /\?uploads/],
      ['of the end', /^POST .*\?uploadId/],
    ])('in parts whose answer %s is lost is whole, or unavailable and to be sent again', async (_name, which) => {
      const key = newKey();
      proxy.failTimes(1, 'lose answer', which);
      const put = await store.put('originals', key, stream(long), png).catch((error) => error);
      if (put instanceof Error) expect(put).toMatchObject({ code: 'unavailable' });
      const bytes = await bytesOf(key);
      expect(bytes === null ? put instanceof Error : bytes.equals(long)).toBe(true);
    });

    it.each([
      ['at once', small, /^PUT /],
      ['in parts', long, /partNumber=2/],
    ])('that is cut off each time, %s, leaves nothing', async (_name, bytes, which) => {
      const key = newKey();
      proxy.failTimes(1_000, 'cut request', which);
      expect(await failure(store.put('originals', key, stream(bytes), png))).toMatchObject({ code: 'unavailable' });
      expect(await bytesOf(key)).toBeNull();
      const { Uploads = [] } = await sdk.send(new ListMultipartUploadsCommand({ Bucket: buckets.originals }));
      expect(Uploads.map((upload) => upload.Key)).not.toContain(key);
    });
  });

  it('a download that is cut off fails, and never ends early', async () => {
    const key = newKey();
    await direct.put('originals', key, long, png);
    proxy.failTimes(1_000, 'cut answer', /^GET /);
    const object = await store.get('originals', key);
    await expect(buffer(object!.body)).rejects.toMatchObject({ code: 'unavailable' });
  });
});
