import { createDiskObjectStore } from '../core/storage/disk-object-store.ts';
import type { ObjectStore } from '../core/storage/object-store.ts';
import type { S3ObjectStoreDeps } from '../core/storage/s3-object-store.ts';
import { presetMaxOriginalBytes } from '../core/thumbnails/thumbnail-original.ts';

export interface FunctionConfig {
  store: ObjectStore;
  /** Of an original; what has more is answered with `too_many_pixels`. */
  maxPixels: number;
  /** Of an original; it is read into memory. */
  maxOriginalBytes: number;
}

/**
 * From the function's environment: a folder (`OBJECT_STORE_DIRECTORY`), or two buckets of S3 with the credentials of
 * AWS's own chain. Rejects, with the name of the setting, when something is missing.
 */
export async function readFunctionConfig(environment: NodeJS.ProcessEnv = process.env): Promise<FunctionConfig> {
  const maxPixels = wholeNumber(environment, 'MAX_PIXELS', 100_000_000);
  const maxOriginalBytes = wholeNumber(environment, 'MAX_ORIGINAL_BYTES', presetMaxOriginalBytes);
  return { store: await openStore(environment), maxPixels, maxOriginalBytes };
}

function wholeNumber(environment: NodeJS.ProcessEnv, name: string, preset: number): number {
  const text = environment[name];
  if (!text) return preset;
  if (!/^[1-9][0-9]{0,14}$/.test(text)) throw new Error(`${name} has to be a whole number above 0`);
  return Number(text);
}

async function openStore(environment: NodeJS.ProcessEnv): Promise<ObjectStore> {
  const required = (name: string) => {
    const value = environment[name];
    if (!value) throw new Error(`${name} is not set`);
    return value;
  };
  if (environment.OBJECT_STORE_DIRECTORY) {
    return createDiskObjectStore({
      directory: environment.OBJECT_STORE_DIRECTORY,
      // The function hands out no links.
      presign: { publicUrl: 'http://localhost', accessKeyId: 'none', secretAccessKey: 'none' },
    });
  }
  const region = environment.S3_REGION || required('AWS_REGION');
  const endpoint = environment.S3_ENDPOINT;
  const buckets = { originals: required('S3_ORIGINALS_BUCKET'), thumbnails: required('S3_THUMBNAILS_BUCKET') };
  // The SDK is two thirds of the bundle: a function with a folder starts a quarter faster without it.
  const { createS3ObjectStore } = await import('../core/storage/s3-object-store.ts');
  return createS3ObjectStore({
    client: { region, ...(endpoint ? { endpoint } : {}) },
    buckets,
    forcePathStyle: environment.S3_FORCE_PATH_STYLE === 'true',
    ...encryptionOf(environment),
  });
}

function encryptionOf(environment: NodeJS.ProcessEnv): Pick<S3ObjectStoreDeps, 'encryption'> {
  const { S3_ENCRYPTION: algorithm, S3_KMS_KEY_ID: kmsKeyId } = environment;
  if (!algorithm) return {};
  if (algorithm !== 'AES256' && algorithm !== 'aws:kms') throw new Error('S3_ENCRYPTION has to be AES256 or aws:kms');
  return { encryption: kmsKeyId ? { algorithm, kmsKeyId } : { algorithm } };
}
