import { createDiskObjectStore, type DiskObjectStoreDeps } from '../core/storage/disk-object-store.ts';
import { parseOriginalKey } from '../core/storage/object-key.ts';
import type { Bucket, ObjectStore } from '../core/storage/object-store.ts';
import type { Config, S3Config } from './config.ts';
import { objectsDirectory } from './embedded/data-folder.ts';
import type { Secrets } from './embedded/secrets.ts';

export interface OpenStoreDeps {
  config: Config;
  secrets: Secrets;
  /** Called when an original is durable, where the function runs here; a Lambda function hears it from S3 itself. */
  onOriginal(key: string): void;
}

/** The object store of the settings: two buckets in S3, or two folders in DATA_DIR. */
export async function openStore({ config, secrets, onOriginal }: OpenStoreDeps): Promise<ObjectStore> {
  const { s3, thumbnailFunction } = config;
  const onCreated = (bucket: Bucket, key: string) => {
    if (bucket === 'originals' && parseOriginalKey(key)) onOriginal(key);
  };
  if (!s3) return openDiskStore({ config, secrets, onCreated });
  const store = await openS3Store(s3);
  if (thumbnailFunction.lambdaName !== null) return store;
  return {
    ...store,
    put: async (bucket, key, body, options) => {
      const info = await store.put(bucket, key, body, options);
      onCreated(bucket, key);
      return info;
    },
  };
}

/** The folder in DATA_DIR, whether the settings name buckets or not. */
export function openDiskStore({
  config,
  secrets,
  onCreated,
}: Pick<OpenStoreDeps, 'config' | 'secrets'> & Pick<DiskObjectStoreDeps, 'onCreated'>): ObjectStore {
  return createDiskObjectStore({
    directory: objectsDirectory(config),
    presign: { publicUrl: config.publicUrl, ...secrets.diskStore },
    ...(onCreated ? { onCreated } : {}),
  });
}

/** The buckets of the settings. */
export async function openS3Store(s3: S3Config): Promise<ObjectStore> {
  // An eighth of a second to load, which a folder need not wait for.
  const { createS3ObjectStore } = await import('../core/storage/s3-object-store.ts');
  return createS3ObjectStore({
    client: { region: s3.region, ...(s3.endpoint ? { endpoint: s3.endpoint } : {}) },
    buckets: { originals: s3.originalsBucket, thumbnails: s3.thumbnailsBucket },
    forcePathStyle: s3.forcePathStyle,
    ...(s3.publicEndpoint ? { publicEndpoint: s3.publicEndpoint } : {}),
    ...(s3.encryption ? { encryption: s3.encryption } : {}),
  });
}
