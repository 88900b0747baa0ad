import type { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { withinMs } from '../async/within-ms.ts';
import { withoutFinalSlashes } from '../without-final-slashes.ts';
import { bodyChunks } from './body-chunks.ts';
import { checkObjectKey } from './check-object-key.ts';
import type { Bucket, ObjectInfo, ObjectStore } from './object-store.ts';
import { createPresigner } from './presign.ts';
import { putManyOf } from './put-many.ts';
import { refusalReason } from './refusals.ts';
import { boundedBody } from './s3/bounded-body.ts';
import { parseContentRange, rangeHeader } from './s3/content-range.ts';
import { createFreshCredentials } from './s3/fresh-credentials.ts';
import { partsOf } from './s3/parts-of.ts';
import { nameOf, s3Error, statusOf } from './s3/s3-error.ts';
import { type MultipartUpload, uploadInParts } from './s3/upload-in-parts.ts';
import { watchedChunks } from './s3/watched-chunks.ts';
import type { BucketAddress } from './sigv4.ts';

export interface S3ObjectStoreDeps {
  client: {
    region: string;
    /** Of an S3 server that is not AWS's. */
    endpoint?: string;
    /** Without it: AWS's own chain (environment, shared files, container, instance). */
    credentials?: S3ClientConfig['credentials'];
  };
  /** Their real names. */
  buckets: Readonly<Record<Bucket, string>>;
  /** Where browsers reach the store, when that is not where the server does. */
  publicEndpoint?: string;
  forcePathStyle?: boolean;
  /** What S3 is told to encrypt with; without it the bucket's own setting holds. */
  encryption?: S3Encryption;
  /** For each attempt; an operation has three. `idle` is how long the store may be silent. */
  timeouts?: Partial<typeof defaultTimeoutsMs>;
}

export interface S3Encryption {
  algorithm: 'AES256' | 'aws:kms';
  /** Of `aws:kms`; without it the key that AWS keeps for S3. */
  kmsKeyId?: string;
}

const defaultTimeoutsMs = { connect: 2_000, idle: 10_000, request: 120_000 };
const checkMs = 2_000;
const abortMs = 10_000;
const maxSockets = 256;
const maxAttempts = 3;
/** S3's own bounds: 5 MiB is the smallest part, 1,000 the most keys of one deletion. */
const partBytes = 5 * 1024 * 1024;
const maxKeysPerDeletion = 1_000;
const deletionLanes = 8;

/**
 * The object store in S3, or in a server that speaks it. Small objects go as one request, longer ones in parts of 5 MiB,
 * of which two are in memory. The account needs `s3:ListBucket`: without it S3 says 403 for what is not there.
 */
export function createS3ObjectStore(deps: S3ObjectStoreDeps): ObjectStore {
  const { buckets } = deps;
  const timeoutsMs = { ...defaultTimeoutsMs, ...deps.timeouts };
  const client = createClient(deps, { socketTimeout: timeoutsMs.idle, requestTimeout: timeoutsMs.request }, timeoutsMs);
  // Downloads wait for their reader, who may be slow: for them `boundedBody` counts, not the socket's silence.
  const downloads = createClient(
    { ...deps, client: { ...deps.client, credentials: client.config.credentials } },
    { socketTimeout: 0, requestTimeout: timeoutsMs.idle },
    timeoutsMs,
  );
  const credentials = createFreshCredentials(() => client.config.credentials());
  const presign = createPresigner({ region: deps.client.region });
  const addresses = {
    originals: addressOf(client, deps, buckets.originals),
    thumbnails: addressOf(client, deps, buckets.thumbnails),
  };
  const encryption = deps.encryption && {
    ServerSideEncryption: deps.encryption.algorithm,
    SSEKMSKeyId: deps.encryption.kmsKeyId,
  };

  const target = (bucket: Bucket, key: string) => {
    checkObjectKey(key);
    return { Bucket: buckets[bucket], Key: key };
  };

  /** Some stores refuse DeleteObjects, for want of a Content-MD5 or altogether, and delete single objects all the same. */
  let deletesSingly = false;

  async function deleteKeys(bucket: Bucket, keys: readonly string[]): Promise<void> {
    if (keys.length > 1 && !deletesSingly) {
      try {
        await deleteBatch(client, buckets[bucket], keys);
        return;
      } catch (error) {
        if (refusalReason(error) === null) throw error;
      }
    }
    await deleteOneByOne(client, buckets[bucket], keys);
    deletesSingly ||= keys.length > 1;
  }

  async function checkBucket(bucket: Bucket, abortSignal?: AbortSignal): Promise<void> {
    await client.send(new HeadBucketCommand({ Bucket: buckets[bucket] }), { abortSignal });
  }

  const store: ObjectStore = {
    async put(bucket, key, body, options) {
      const { signal: abortSignal, contentType, metadata = {} } = options;
      const object = target(bucket, key);
      const described = { ...object, ...encryption, ContentType: contentType, Metadata: metadata };
      abortSignal?.throwIfAborted();
      const source = watchedChunks(bodyChunks(body, options));
      const parts = partsOf(source.chunks, Math.min(options.contentLength ?? partBytes, partBytes) || 1);

      const send = async (): Promise<{ ETag?: string }> => {
        const first = (await parts.next()).value;
        if (first.isLast) {
          return await client.send(new PutObjectCommand({ ...described, Body: first.bytes }), { abortSignal });
        }
        return await uploadInParts(first, parts, () => beginUpload(client, object, described, abortSignal));
      };
      try {
        const { ETag = '""' } = await send();
        return { bytes: source.bytes(), contentType, etag: ETag, lastModified: new Date(), metadata: { ...metadata } };
      } catch (error) {
        if (abortSignal?.aborted) throw abortSignal.reason;
        throw source.failed(error) ? error : s3Error(error);
      } finally {
        void parts.return(undefined).catch(() => {});
      }
    },

    putMany: (bucket, objects) => putManyOf(store.put)(bucket, objects),

    async get(bucket, key, { range, signal } = {}) {
      const object = { ...target(bucket, key), Range: range && rangeHeader(range) };
      signal?.throwIfAborted();
      try {
        const output = await downloads.send(new GetObjectCommand(object), { abortSignal: signal });
        const part = parseContentRange(output.ContentRange);
        const body = boundedBody(output.Body as Readable, { idleMs: timeoutsMs.idle, signal, mapError: s3Error });
        return {
          ...infoOf(output),
          ...(part ? { bytes: part.total } : {}),
          body,
          ...(range && part ? { range: part.range } : {}),
        };
      } catch (error) {
        if (signal?.aborted) throw signal.reason;
        if (nameOf(error) === 'NoSuchKey') return null;
        if (statusOf(error) === 416) throw new RangeError('The range starts past the end');
        throw s3Error(error);
      }
    },

    async head(bucket, key) {
      const object = target(bucket, key);
      try {
        return infoOf(await client.send(new HeadObjectCommand(object)));
      } catch (error) {
        if (statusOf(error) !== 404) throw s3Error(error);
      }
      // The answer to a HEAD has no body to say what is not there: the object, or the bucket with everything in it.
      await checkBucket(bucket).catch((error) => {
        throw s3Error(error);
      });
      return null;
    },

    async delete(bucket, keys) {
      const objects = [...new Set(keys)].map((key) => target(bucket, key).Key);
      for (let at = 0; at < objects.length; at += maxKeysPerDeletion) {
        await deleteKeys(bucket, objects.slice(at, at + maxKeysPerDeletion));
      }
    },

    async *list(bucket, prefix) {
      let token: string | undefined;
      do {
        const command = new ListObjectsV2Command({ Bucket: buckets[bucket], Prefix: prefix, ContinuationToken: token });
        const page = await client.send(command).catch((error) => {
          throw s3Error(error);
        });
        for (const { Key, Size = 0, LastModified = new Date(0) } of page.Contents ?? []) {
          if (Key !== undefined) yield { key: Key, bytes: Size, lastModified: LastModified };
        }
        token = page.IsTruncated ? page.NextContinuationToken : undefined;
      } while (token !== undefined);
    },

    presignGet(bucket, key, { signedAt, expiresInSeconds, contentDisposition }) {
      const signer = credentials.current();
      const signedAtMs = Math.floor(signedAt.getTime() / 1000) * 1000;
      const lastMs = signer.expiration?.getTime() ?? Number.POSITIVE_INFINITY;
      const seconds = Math.min(expiresInSeconds, Math.floor((lastMs - signedAtMs) / 1000));
      if (seconds < 1) throw s3Error(new Error('The S3 credentials end before the link would begin'));
      const url = presign({
        address: addresses[bucket],
        key: target(bucket, key).Key,
        credentials: signer,
        signedAt,
        expiresInSeconds: seconds,
        contentDisposition,
      });
      return { url, expiresAt: new Date(signedAtMs + seconds * 1000) };
    },

    async check() {
      const signal = AbortSignal.timeout(checkMs);
      try {
        const checks = [credentials.ready(), checkBucket('originals', signal), checkBucket('thumbnails', signal)];
        await withinMs(checkMs, Promise.all(checks));
      } catch (error) {
        throw s3Error(error);
      }
    },

    async close() {
      credentials.close();
      client.destroy();
      downloads.destroy();
    },
  };
  return store;
}

function createClient(
  { client, forcePathStyle }: S3ObjectStoreDeps,
  waiting: { socketTimeout: number; requestTimeout: number },
  timeoutsMs: typeof defaultTimeoutsMs,
): S3Client {
  return new S3Client({
    ...client,
    ...(forcePathStyle === undefined ? {} : { forcePathStyle }),
    maxAttempts,
    retryMode: 'standard',
    // A presigned URL would bake in a checksum of nothing, and servers that are not AWS's may not know checksums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      ...waiting,
      connectionTimeout: timeoutsMs.connect,
      throwOnRequestTimeout: true,
      httpAgent: { maxSockets },
      httpsAgent: { maxSockets },
    },
  });
}

/** As the SDK itself would address it. */
function addressOf(client: S3Client, deps: S3ObjectStoreDeps, bucket: string): BucketAddress {
  const { url } = client.config.endpointProvider({
    Bucket: bucket,
    Region: deps.client.region,
    Endpoint: deps.publicEndpoint ?? deps.client.endpoint,
    ForcePathStyle: deps.forcePathStyle ?? false,
    UseFIPS: false,
    UseDualStack: false,
    UseArnRegion: false,
    DisableMultiRegionAccessPoints: false,
    Accelerate: false,
    UseGlobalEndpoint: false,
  });
  return { origin: url.origin, host: url.host, path: withoutFinalSlashes(url.pathname) };
}

async function deleteOneByOne(client: S3Client, bucket: string, keys: readonly string[]): Promise<void> {
  const left = [...keys];
  const lane = async () => {
    for (let Key = left.pop(); Key !== undefined; Key = left.pop()) {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key })).catch((error) => {
        if (nameOf(error) !== 'NoSuchKey') throw s3Error(error);
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(deletionLanes, keys.length) }, lane));
}

/** Single keys may fail in an answer that is 200, which the SDK does not try again. */
async function deleteBatch(client: S3Client, bucket: string, keys: readonly string[]): Promise<void> {
  let left = keys;
  for (let attempt = 1; left.length > 0; attempt++) {
    const Objects = left.map((Key) => ({ Key }));
    const command = new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } });
    const { Errors = [] } = await client.send(command).catch((error) => {
      throw s3Error(error);
    });
    const failed = Errors.filter(({ Code }) => Code !== 'NoSuchKey');
    if (failed.length > 0 && attempt === maxAttempts) {
      throw s3Error(keysRefused(failed[0]));
    }
    left = failed.flatMap(({ Key }) => Key ?? []);
    if (left.length > 0) await wait(100 * attempt * (1 + Math.random()));
  }
}

/** Reads as a refusal where the reason of the first key is one. */
function keysRefused({ Code = '', Key }: { Code?: string; Key?: string } = {}): Error {
  const error = new Error(`S3 did not delete every object: ${Code} for ${Key}`);
  error.name = Code || 'Error';
  const isRefused = Code !== '' && !/^(Internal|SlowDown|Service|RequestTimeout)/.test(Code);
  return isRefused ? Object.assign(error, { $metadata: { httpStatusCode: 403 } }) : error;
}

async function beginUpload(
  client: S3Client,
  object: { Bucket: string; Key: string },
  described: { Bucket: string; Key: string; ContentType: string; Metadata: Record<string, string> },
  abortSignal: AbortSignal | undefined,
): Promise<MultipartUpload<{ ETag?: string; PartNumber: number }, { ETag?: string }>> {
  // Begin and completion run to their end whatever the signal says: cut off, nobody would know what S3 made of them.
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(described));
  const upload = { ...object, UploadId };
  return {
    async part(PartNumber, Body) {
      const { ETag } = await client.send(new UploadPartCommand({ ...upload, PartNumber, Body }), { abortSignal });
      return { ETag, PartNumber };
    },
    complete: (Parts) => client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } })),
    async abort() {
      await client.send(new AbortMultipartUploadCommand(upload), { abortSignal: AbortSignal.timeout(abortMs) });
    },
  };
}

function infoOf(output: {
  ContentLength?: number;
  ContentType?: string;
  ETag?: string;
  LastModified?: Date;
  Metadata?: Record<string, string>;
}): ObjectInfo {
  return {
    bytes: output.ContentLength ?? 0,
    contentType: output.ContentType ?? 'application/octet-stream',
    etag: output.ETag ?? '""',
    lastModified: output.LastModified ?? new Date(0),
    metadata: output.Metadata ?? {},
  };
}
