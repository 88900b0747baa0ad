import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { withinMs } from '../async/within-ms.ts';
import { AppError } from '../errors.ts';
import { withoutFinalSlashes } from '../without-final-slashes.ts';
import { diskError, errorCode, onDisk } from './disk/disk-error.ts';
import { createFolders } from './disk/folders.ts';
import { listObjects } from './disk/list-objects.ts';
import { objectPlace } from './disk/object-path.ts';
import { openObject, readInfo } from './disk/read-object.ts';
import { createTempFolder } from './disk/temp-folder.ts';
import { deleteObjects, writeObject, writeObjects } from './disk/write-object.ts';
import type { Bucket, ObjectStore } from './object-store.ts';
import { createPresigner } from './presign.ts';
import { bucketAddress, type SigningCredentials } from './sigv4.ts';

/** The region in the signatures of the disk store's URLs. */
export const diskStoreRegion = 'local';

const buckets = ['originals', 'thumbnails'] as const satisfies readonly Bucket[];
const checkMs = 2_000;

export interface DiskObjectStoreDeps {
  /** Made, with both buckets in it, when it is not there. Several processes may use it at the same time. */
  directory: string;
  /** `publicUrl` is the service's own address; the URLs are `publicUrl/objects/BUCKET/KEY?X-Amz-…`. */
  presign: { publicUrl: string } & SigningCredentials;
}

/** Where a bucket's objects are served: what is signed, and what `objects.routes.ts` checks. */
export function diskBucketAddress(publicUrl: string, bucket: Bucket) {
  return bucketAddress(`${withoutFinalSlashes(publicUrl)}/objects`, bucket, 'path');
}

/** The object store as a folder; how it looks inside is in `disk/object-path.ts`. Throws `unavailable`. */
export function createDiskObjectStore({ directory, presign }: DiskObjectStoreDeps): ObjectStore {
  const rooms = openRooms(resolve(directory), presign.publicUrl);
  const sign = createPresigner({ region: diskStoreRegion });
  const place = (bucket: Bucket, key: string) => objectPlace(rooms[bucket].root, key);

  return {
    async put(bucket, key, body, options) {
      return await writeObject(rooms[bucket], key, body, options);
    },

    async putMany(bucket, objects) {
      return await writeObjects(rooms[bucket], objects);
    },

    async get(bucket, key, options) {
      return await openObject(place(bucket, key), options).catch((error) => {
        throw error instanceof RangeError || options?.signal?.aborted ? error : diskError(error);
      });
    },

    async head(bucket, key) {
      return await onDisk(readInfo(place(bucket, key)));
    },

    async delete(bucket, keys) {
      await deleteObjects(rooms[bucket], keys);
    },

    async *list(bucket, prefix) {
      try {
        yield* listObjects(rooms[bucket].root, prefix);
      } catch (error) {
        throw error instanceof TypeError ? error : diskError(error);
      }
    },

    presignGet(bucket, key, { signedAt, expiresInSeconds, contentDisposition }) {
      place(bucket, key);
      const url = sign({
        address: rooms[bucket].address,
        key,
        credentials: presign,
        signedAt,
        expiresInSeconds,
        contentDisposition,
      });
      return { url, expiresAt: new Date(Math.floor(signedAt.getTime() / 1000) * 1000 + expiresInSeconds * 1000) };
    },

    async check() {
      const probes = buckets.map(async (bucket) => {
        const probe = await rooms[bucket].temp.path();
        await writeFile(probe, 'probe', { mode: 0o600 });
        await rm(probe);
      });
      await onDisk(withinMs(checkMs, Promise.all(probes)));
    },

    async close() {
      await Promise.all(buckets.map((bucket) => rooms[bucket].temp.close()));
    },
  };
}

function openRooms(directory: string, publicUrl: string) {
  const room = (bucket: Bucket) => {
    const root = join(directory, bucket);
    makeDurably(root);
    return {
      root,
      temp: createTempFolder(root),
      folders: createFolders(root),
      address: diskBucketAddress(publicUrl, bucket),
    };
  };
  try {
    return { originals: room('originals'), thumbnails: room('thumbnails') };
  } catch (error) {
    const detail = `The folder of the object store cannot be used (${errorCode(error)}).`;
    throw new AppError('unavailable', detail, { cause: error });
  }
}

function makeDurably(folder: string): void {
  const first = mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let at = folder; at.length >= first.length; at = dirname(at)) {
    const handle = openSync(dirname(at), 'r');
    fsyncSync(handle);
    closeSync(handle);
  }
}
