import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { servicePrefix } from './object-key.ts';
import type { Bucket, ObjectStore } from './object-store.ts';
import { refusalReason } from './refusals.ts';

/** What the service needs of a store, by the names that its makers use, and what a person can do about it. */
const abilities = {
  PutObject: 'Allow the service to write (s3:PutObject), without object lock.',
  'PutObject over an existing object': 'Turn off object lock and write-once rules for this bucket.',
  HeadObject: 'Allow the service to read (s3:GetObject).',
  GetObject: 'Allow the service to read (s3:GetObject).',
  'object metadata': 'Use a store, or a version of it, that keeps Content-Type and x-amz-meta-*.',
  'GetObject with a range': 'Use a store, or a version of it, that answers Range requests.',
  ListObjectsV2: 'Allow the service to list (s3:ListBucket), and use a store whose listings are consistent.',
  'multipart uploads': 'Allow them (s3:PutObject, s3:AbortMultipartUpload), or use a store that knows them.',
  'presigned URLs with response-content-disposition':
    'Use a store that knows query-string signatures of version 4, and check S3_REGION and S3_FORCE_PATH_STYLE.',
  DeleteObject: 'Allow the service to delete (s3:DeleteObject), without object lock.',
  DeleteObjects: 'Allow the service to delete (s3:DeleteObject), without object lock.',
} as const;
export type StoreAbility = keyof typeof abilities;

/** The store lacks something that the service needs. The message says what, and what to do. */
export class StoreLacks extends Error {
  override readonly name = 'StoreLacks';
  readonly ability: StoreAbility;
  readonly bucket: Bucket;

  constructor(ability: StoreAbility, bucket: Bucket, reason: string) {
    super(`the store of the ${bucket} lacks ${ability} (${reason}). ${abilities[ability]}`);
    this.ability = ability;
    this.bucket = bucket;
  }
}

export interface ProbeOptions {
  /** Try a multipart upload, for which 5 MiB are sent. */
  multipart: boolean;
  /** Follow presigned URLs. */
  presigned: boolean;
}

const probePrefix = `${servicePrefix}probe/`;
const contentType = 'image/png';
const metadata = { probe: 'yes' };
const disposition = `inline; filename="probe.png"; filename*=UTF-8''pr%C3%B6be.png`;
/** One byte more than the driver sends in one request. */
const multipartBytes = 5 * 1024 * 1024 + 1;

/**
 * Does everything with probe objects that the service does with a store, through the same calls. Throws StoreLacks for the
 * first thing that the store refuses or does wrongly, and whatever the store throws when it cannot be reached.
 */
export async function probeStore(store: ObjectStore, options: ProbeOptions): Promise<void> {
  await Promise.all([
    probeBucket(store, 'originals', options),
    // Nothing that is made is long enough to be sent in parts.
    probeBucket(store, 'thumbnails', { ...options, multipart: false }),
  ]);
}

async function probeBucket(store: ObjectStore, bucket: Bucket, { multipart, presigned }: ProbeOptions): Promise<void> {
  const prefix = `${probePrefix}${crypto.randomUUID()}/`;
  const keys = ['one', 'two', 'long'].map((name) => prefix + name);
  const [one = '', two = '', long = ''] = keys;
  const bytes = randomBytes(1_000);

  const needs = async (ability: StoreAbility, work: () => Promise<string | null>): Promise<void> => {
    const fault = await work().catch((error) => {
      const reason = refusalReason(error);
      if (reason === null) throw error;
      return reason;
    });
    if (fault !== null) throw new StoreLacks(ability, bucket, fault);
  };
  const put = (key: string) =>
    store.put(bucket, key, bytes, { contentType, contentLength: bytes.length, metadata }).then(() => null);
  const read = async (range?: { start: number; end: number }) => {
    const object = await store.get(bucket, one, range ? { range } : {});
    return object && { ...object, read: await buffer(object.body) };
  };

  try {
    await needs('PutObject', () => put(one));
    await needs('PutObject over an existing object', () => put(one));
    await needs('HeadObject', async () => {
      const info = await store.head(bucket, one);
      return info?.bytes === bytes.length ? null : 'what was written is not there';
    });
    await needs('GetObject', async () => ((await read())?.read.equals(bytes) ? null : 'other bytes came back'));
    await needs('object metadata', async () => {
      const info = await store.head(bucket, one);
      return info?.contentType === contentType && info.metadata.probe === metadata.probe ? null : 'it is not kept';
    });
    await needs('GetObject with a range', async () => {
      const part = await read({ start: 10, end: 19 });
      const isPart = part?.range?.start === 10 && part.range.end === 19 && part.bytes === bytes.length;
      return isPart && part.read.equals(bytes.subarray(10, 20)) ? null : 'not the bytes that were asked for';
    });
    await needs('ListObjectsV2', async () => {
      const isListed = await soon(async () => {
        for await (const { key } of store.list(bucket, prefix)) if (key === one) return true;
        return false;
      });
      return isListed ? null : 'it does not show what was written';
    });
    if (presigned) await needs('presigned URLs with response-content-disposition', () => follow(store, bucket, one));
    if (multipart) {
      await needs('multipart uploads', async () => {
        const body = Readable.from([Buffer.alloc(multipartBytes)]);
        await store.put(bucket, long, body, { contentType, contentLength: multipartBytes });
        return (await store.head(bucket, long))?.bytes === multipartBytes ? null : 'other bytes were written';
      });
    }
    await needs('DeleteObject', () => deleteAll([one]));
    await needs('PutObject', () => put(one));
    await needs('PutObject', () => put(two));
    await needs('DeleteObjects', () => deleteAll([one, two, ...(multipart ? [long] : [])]));
  } catch (error) {
    await store.delete(bucket, keys).catch(() => {});
    throw error;
  }

  async function deleteAll(given: string[]): Promise<string | null> {
    await store.delete(bucket, given);
    const areGone = await soon(async () => {
      for (const key of given) if (await store.head(bucket, key)) return false;
      return true;
    });
    return areGone ? null : 'what was deleted is still there';
  }
}

/** A listing or a deletion that is seen a second late is not taken for one that never comes. */
async function soon(isSo: () => Promise<boolean>): Promise<boolean> {
  for (let attempt = 1; attempt < 6; attempt += 1) {
    if (await isSo()) return true;
    await wait(100 * attempt);
  }
  return isSo();
}

async function follow(store: ObjectStore, bucket: Bucket, key: string): Promise<string | null> {
  const signedAt = new Date();
  const { url } = store.presignGet(bucket, key, { signedAt, expiresInSeconds: 60, contentDisposition: disposition });
  const answer = await fetch(url, { signal: AbortSignal.timeout(10_000), redirect: 'manual' });
  await answer.arrayBuffer();
  if (answer.status >= 500) throw new Error(`status ${answer.status}`);
  if (answer.status !== 200) return `status ${answer.status}`;
  const got = answer.headers.get('content-disposition');
  return got === disposition ? null : 'Content-Disposition is not the one that was signed';
}
