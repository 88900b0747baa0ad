import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { ObjectStore } from '../../../../core/storage/object-store.ts';
import { createS3ObjectStore, type S3ObjectStoreDeps } from '../../../../core/storage/s3-object-store.ts';

const signedAt = new Date('2026-11-22T18:00:00Z');
const fixed = { accessKeyId: 'AK', secretAccessKey: 'SK' };
const stores: ObjectStore[] = [];

afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
});

async function open(
  given: Omit<Partial<S3ObjectStoreDeps>, 'client'> & { client?: Partial<S3ObjectStoreDeps['client']> } = {},
): Promise<ObjectStore> {
  const store = createS3ObjectStore({
    buckets: { originals: 'my-originals', thumbnails: 'my.thumbnails' },
    ...given,
    client: { region: 'eu-central-1', credentials: fixed, ...given.client },
  });
  stores.push(store);
  await new Promise((resolve) => setTimeout(resolve, 20));
  return store;
}

describe('what S3 is told', () => {
  it.each<[string, S3ObjectStoreDeps['encryption'], (string | undefined)[]]>([
    ['nothing of encryption, so that the bucket decides', undefined, [undefined, undefined]],
    ['the algorithm', { algorithm: 'AES256' }, ['AES256', undefined]],
    ['the key of KMS', { algorithm: 'aws:kms', kmsKeyId: 'alias/photos' }, ['aws:kms', 'alias/photos']],
  ])('is %s, for a small object and for one in parts', async (_name, encryption, expected) => {
    const told: unknown[][] = [];
    const server = createServer((req, res) => {
      const { 'x-amz-server-side-encryption': algorithm, 'x-amz-server-side-encryption-aws-kms-key-id': key } =
        req.headers;
      if (/x-id=PutObject|\?uploads/.test(req.url ?? '')) told.push([algorithm, key]);
      req.resume().once('end', () => {
        const begun = '<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>';
        res.setHeader('etag', '"e"').end(/\?uploads/.test(req.url ?? '') ? begun : '<CompleteMultipartUploadResult/>');
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const store = await open({ client: { endpoint }, forcePathStyle: true, ...(encryption ? { encryption } : {}) });
    await store.put('originals', 'a', Buffer.from('x'), { contentType: 'image/png' });
    await store.put('originals', 'b', Readable.from([Buffer.alloc(6_000_000)]), { contentType: 'image/png' });
    expect(told).toEqual([expected, expected]);
    server.closeAllConnections();
    server.close();
  });
});

describe('a link into S3', () => {
  it.each<[string, { region?: string; endpoint?: string; forcePathStyle?: boolean }]>([
    ['AWS', {}],
    ['AWS in China', { region: 'cn-north-1' }],
    ['AWS, the oldest region', { region: 'us-east-1' }],
    ['AWS in path style', { forcePathStyle: true }],
    ['a server of one’s own', { endpoint: 'http://s3.local:9000', forcePathStyle: true }],
    ['a server of one’s own, a host a bucket', { endpoint: 'https://s3.example.com' }],
    ['a server known by its number', { endpoint: 'http://10.0.0.5:9000' }],
  ])('is the SDK’s: %s', async (_name, { region = 'eu-central-1', endpoint, forcePathStyle }) => {
    const client = { region, ...(endpoint ? { endpoint } : {}), credentials: fixed };
    const style = forcePathStyle === undefined ? {} : { forcePathStyle };
    const store = await open({ client, ...style });
    const sdk = new S3Client({
      ...client,
      ...style,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
    for (const [bucket, name] of [
      ['originals', 'my-originals'],
      ['thumbnails', 'my.thumbnails'],
    ] as const) {
      const own = store.presignGet(bucket, 'a/b c', { signedAt, expiresInSeconds: 5400, contentDisposition: 'inline' });
      const command = new GetObjectCommand({ Bucket: name, Key: 'a/b c', ResponseContentDisposition: 'inline' });
      expect(own.url).toBe(await getSignedUrl(sdk, command, { signingDate: signedAt, expiresIn: 5400 }));
      expect(own.expiresAt).toEqual(new Date('2026-11-22T19:30:00Z'));
    }
  });

  it.each([
    ['in path style', true],
    ['a host a bucket', false],
  ])('leads to where browsers reach the store, as the SDK would there: %s', async (_name, forcePathStyle) => {
    const publicEndpoint = 'https://photos.example.com';
    const store = await open({ client: { endpoint: 'http://s3:7070' }, publicEndpoint, forcePathStyle });
    const sdk = new S3Client({
      region: 'eu-central-1',
      endpoint: publicEndpoint,
      forcePathStyle,
      credentials: fixed,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
    const { url } = store.presignGet('originals', 'a/b c', { signedAt, expiresInSeconds: 60 });
    const command = new GetObjectCommand({ Bucket: 'my-originals', Key: 'a/b c' });
    expect(url).toBe(await getSignedUrl(sdk, command, { signingDate: signedAt, expiresIn: 60 }));
  });

  it('leads to a path of a public address', async () => {
    const store = await open({
      client: { endpoint: 'http://minio:9000' },
      publicEndpoint: 'https://photos.example.com/s3',
      forcePathStyle: true,
    });
    const { url } = store.presignGet('originals', 'a', { signedAt, expiresInSeconds: 60 });
    expect(url).toMatch(/^https:\/\/photos\.example\.com\/s3\/my-originals\/a\?X-Amz-/);
  });

  it('ends with the credentials, if these end earlier', async () => {
    const expiration = new Date(Date.now() + 1_000_000);
    const store = await open({ client: { credentials: async () => ({ ...fixed, sessionToken: 'T', expiration }) } });
    const now = new Date();
    const { url, expiresAt } = store.presignGet('originals', 'a', { signedAt: now, expiresInSeconds: 5400 });
    expect(expiresAt.getTime()).toBeLessThanOrEqual(expiration.getTime());
    expect(expiresAt.getTime()).toBeGreaterThan(expiration.getTime() - 2_000);
    const parameters = new URL(url).searchParams;
    expect(Number(parameters.get('X-Amz-Expires'))).toBe(
      (expiresAt.getTime() - Math.floor(now.getTime() / 1000) * 1000) / 1000,
    );
    expect(parameters.get('X-Amz-Security-Token')).toBe('T');
    const short = store.presignGet('originals', 'a', { signedAt: now, expiresInSeconds: 60 });
    expect(new URL(short.url).searchParams.get('X-Amz-Expires')).toBe('60');
  });

  it('is unavailable without credentials', async () => {
    const store = await open({ client: { credentials: () => Promise.reject(new Error('nobody knows')) } });
    expect(() => store.presignGet('originals', 'a', { signedAt, expiresInSeconds: 60 })).toThrow(
      expect.objectContaining({ code: 'unavailable' }),
    );
    await expect(store.check()).rejects.toMatchObject({ code: 'unavailable' });
  });
});
