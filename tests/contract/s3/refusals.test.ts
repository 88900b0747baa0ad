import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ObjectStore } from '../../../core/storage/object-store.ts';
import { probeStore, StoreLacks } from '../../../core/storage/probe-store.ts';
import { type StoreRefusal, watchRefusals } from '../../../core/storage/refusals.ts';
import { createS3ObjectStore } from '../../../core/storage/s3-object-store.ts';
import { requireStore } from '../../../server/require-store.ts';
import { type Fault, type FaultyProxy, startFaultyProxy } from './faulty-proxy.ts';
import { startVersityGw, type VersityGw } from './start-versitygw.ts';

const all = { multipart: true, presigned: true };
const png = { contentType: 'image/png' };
const noMd5: Fault = { status: 400, code: 'MissingContentMD5' };
const denied: Fault = { status: 403, code: 'AccessDenied' };
const notImplemented: Fault = { status: 501, code: 'NotImplemented' };
const batches = /^POST \/[^?]*\?delete/;

describe('an S3 server that refuses', () => {
  let gateway: VersityGw;
  let proxy: FaultyProxy;
  let store: ObjectStore;
  let refusals: () => StoreRefusal[];
  let buckets: { originals: string; thumbnails: string };

  beforeAll(async () => {
    gateway = await startVersityGw();
    proxy = await startFaultyProxy(gateway.port);
    const { S3_ORIGINALS_BUCKET: originals = '', S3_THUMBNAILS_BUCKET: thumbnails = '' } = gateway.makeBuckets();
    buckets = { originals, thumbnails };
  });
  afterAll(async () => {
    await store.close();
    await proxy.close();
    await gateway.stop();
  });
  beforeEach(async () => {
    await store?.close();
    proxy.failTimes(0, 'hang');
    const { accessKeyId, secretAccessKey, region } = gateway;
    const client = { endpoint: proxy.endpoint, region, credentials: { accessKeyId, secretAccessKey } };
    ({ store, refusals } = watchRefusals(createS3ObjectStore({ client, buckets, forcePathStyle: true })));
  });

  async function written(count: number): Promise<string[]> {
    const keys = Array.from({ length: count }, () => `${crypto.randomUUID()}/${randomBytes(16).toString('hex')}`);
    for (const key of keys) await store.put('thumbnails', key, Buffer.from('x'), png);
    proxy.requests.length = 0;
    return keys;
  }
  async function left(): Promise<string[]> {
    const keys: string[] = [];
    for await (const { key } of store.list('thumbnails', '')) keys.push(key);
    return keys;
  }

  describe('the deletion of several objects', () => {
    it.each([
      ['for want of a Content-MD5', noMd5],
      ['because it does not know it', notImplemented],
      ['by method', { status: 405, code: 'MethodNotAllowed' } as const],
    ])('%s deletes them one by one, and is not asked again', async (_, fault) => {
      proxy.failTimes(1_000, fault, batches);
      await store.delete('thumbnails', await written(5));
      expect(await left()).toEqual([]);
      await store.delete('thumbnails', await written(3));
      expect(await left()).toEqual([]);
      expect(proxy.requests.filter((request) => batches.test(request))).toEqual([]);
      expect(refusals()).toEqual([]);
    });

    it('in each way is a refusal, which lasts until a deletion works', async () => {
      const keys = await written(2);
      proxy.fault = (request) => (batches.test(request) || request.startsWith('DELETE') ? denied : null);
      await expect(store.delete('thumbnails', keys)).rejects.toMatchObject({ code: 'unavailable' });
      await expect(store.delete('thumbnails', keys)).rejects.toThrow();
      expect(refusals()).toMatchObject([{ operation: 'delete', bucket: 'thumbnails', reason: 'AccessDenied' }]);
      proxy.failTimes(0, 'hang');
      await store.delete('thumbnails', keys);
      expect(refusals()).toEqual([]);
    });
  });

  it('nothing, but is slow or away, is not taken for one that refuses', async () => {
    proxy.failTimes(1_000, 'slow down');
    await expect(store.put('originals', 'a/b', Buffer.from('x'), png)).rejects.toThrow();
    await expect(store.head('originals', 'a/b')).rejects.toThrow();
    proxy.failTimes(0, 'hang');
    expect(await store.head('originals', 'nothing/here')).toBeNull();
    expect(refusals()).toEqual([]);
  });

  describe('is tried at the start', () => {
    it('and taken when it can do all that is needed, with nothing left in it', async () => {
      await probeStore(store, all);
      expect(await left()).toEqual([]);
      for await (const { key } of store.list('originals', '')) throw new Error(`${key} is left`);
    });

    it('and taken when all that it lacks is the deletion of several', async () => {
      proxy.failTimes(1_000, noMd5, batches);
      await probeStore(store, all);
      expect(await left()).toEqual([]);
    });

    it.each<[string, RegExp, Fault]>([
      ['PutObject', /^PUT \/[^?]*\?x-id=PutObject/, denied],
      ['HeadObject', /^HEAD \/[^?/]+\/darkroom/, denied],
      ['GetObject', /^GET (?!.*X-Amz-Signature).*x-id=GetObject/, denied],
      ['ListObjectsV2', /^GET .*list-type=2/, denied],
      ['multipart uploads', /^POST .*\?uploads/, notImplemented],
      [
        'presigned URLs with response-content-disposition',
        /response-content-disposition/,
        { status: 400, code: 'InvalidArgument' },
      ],
      ['DeleteObject', /^DELETE /, denied],
    ])('and refused by name when it lacks %s', async (ability, which, fault) => {
      proxy.fault = (request) => (which.test(request) ? fault : null);
      const error = await probeStore(store, all).catch((thrown) => thrown);
      expect(error).toBeInstanceOf(StoreLacks);
      expect(error).toMatchObject({ ability });
      const starting = requireStore({ probe: () => probeStore(store, all), logger: { warn: () => {} } as never });
      await expect(starting).rejects.toThrow(`lacks ${ability}`);
    });

    it('again, when it fails in between', async () => {
      let times = 0;
      await requireStore({
        probe: async () => {
          times += 1;
          if (times === 1) throw new Error('the connection was reset');
        },
        logger: { warn: () => {} } as never,
      });
      expect(times).toBe(2);
    });
  });
});
