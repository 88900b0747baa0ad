import { createDiskObjectStore } from '../core/storage/disk-object-store.ts';
import type { ObjectStore } from '../core/storage/object-store.ts';
import { probeStore } from '../core/storage/probe-store.ts';
import { type WatchedStore, watchRefusals } from '../core/storage/refusals.ts';
import type { Config, S3Config } from './config.ts';
import { objectsDirectory } from './embedded/data-folder.ts';
import type { Secrets } from './embedded/secrets.ts';

export interface OpenStoreDeps {
  config: Config;
  secrets: Secrets;
}

export interface OpenedStore extends WatchedStore {
  /** Tries everything that the service does with a store. Throws StoreLacks, which names what does not work. */
  probe(): Promise<void>;
}

/** The object store of the settings: two buckets in S3, or two folders in DATA_DIR. */
export async function openStore({ config, secrets }: OpenStoreDeps): Promise<OpenedStore> {
  const { s3 } = config;
  if (s3) return { ...watchRefusals(await openS3Store(s3)), probe: () => probeS3(s3) };
  const opened = watchRefusals(openDiskStore({ config, secrets }));
  // The service itself answers the presigned URLs, and does not listen yet; nothing here knows of parts.
  return { ...opened, probe: () => probeStore(opened.store, { multipart: false, presigned: false }) };
}

/** By the address that this server reaches it at: the public one may not lead anywhere from here. */
async function probeS3(s3: S3Config): Promise<void> {
  const store = await openS3Store({ ...s3, publicEndpoint: null });
  try {
    await store.check();
    await probeStore(store, { multipart: true, presigned: true });
  } finally {
    await store.close();
  }
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
