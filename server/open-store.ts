import { createDiskObjectStore } from '../core/storage/disk-object-store.ts';
import type { ObjectStore } from '../core/storage/object-store.ts';
import type { Config, S3Config } from './config.ts';
import { objectsDirectory } from './embedded/data-folder.ts';
import type { Secrets } from './embedded/secrets.ts';

export interface OpenStoreDeps {
  config: Config;
  secrets: Secrets;
}

/** The object store of the settings: two buckets in S3, or two folders in DATA_DIR. */
export async function openStore({ config, secrets }: OpenStoreDeps): Promise<ObjectStore> {
  return config.s3 ? openS3Store(config.s3) : openDiskStore({ config, secrets });
}

/** The folder in DATA_DIR, whether the settings name buckets or not. */
export function openDiskStore({ config, secrets }: OpenStoreDeps): ObjectStore {
  return createDiskObjectStore({
    directory: objectsDirectory(config),
    presign: { publicUrl: config.publicUrl, ...secrets.diskStore },
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
