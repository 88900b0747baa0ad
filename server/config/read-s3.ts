import type { S3Encryption } from '../../core/storage/s3-object-store.ts';
import { bucketName, httpUrl, oneOf, type Parser, SettingFault, secretText, yesOrNo } from './parsers.ts';
import type { Environment, SettingReader } from './setting-reader.ts';

export interface S3Config {
  /** Null: AWS itself. */
  endpoint: string | null;
  /** What links to objects begin with, when people reach the store by another address than this server does. */
  publicEndpoint: string | null;
  region: string;
  originalsBucket: string;
  thumbnailsBucket: string;
  forcePathStyle: boolean;
  /** What S3 is told to encrypt new objects with; null: the bucket's own setting holds. */
  encryption: S3Encryption | null;
  /** Who sends it may tell of new objects at `/s3-events`; null: nobody. */
  eventsToken: string | null;
}

/** Null when nothing of S3 is set, or not enough of it (which is a fault). */
export function readS3(reader: SettingReader, environment: Environment): S3Config | null {
  const { read } = reader;
  const originalsBucket = read('S3_ORIGINALS_BUCKET', bucketName, null);
  const thumbnailsBucket = read('S3_THUMBNAILS_BUCKET', bucketName, null);
  const others = {
    endpoint: read('S3_ENDPOINT', httpUrl, null),
    publicEndpoint: read('S3_PUBLIC_ENDPOINT', httpUrl, null),
    region: read('S3_REGION', region, environment.AWS_REGION?.trim() || 'us-east-1'),
    // Few stores but AWS have a host name for each bucket.
    forcePathStyle: read('S3_FORCE_PATH_STYLE', yesOrNo, reader.isGiven('S3_ENDPOINT')),
    encryption: readEncryption(reader),
    eventsToken: read('S3_EVENTS_TOKEN', eventsToken, null),
  };
  const buckets = ['S3_ORIGINALS_BUCKET', 'S3_THUMBNAILS_BUCKET'];
  const missing = buckets.filter((name) => !reader.isGiven(name));
  if (missing.length > 0) {
    const given = [
      ...buckets,
      'S3_ENDPOINT',
      'S3_PUBLIC_ENDPOINT',
      'S3_REGION',
      'S3_ENCRYPTION',
      'S3_EVENTS_TOKEN',
    ].filter(reader.isGiven);
    if (given.length > 0) {
      reader.fault(
        `${missing.join(' and ')} must be set too: ${given.join(', ')} ${given.length > 1 ? 'are' : 'is'} set, and S3 needs both buckets.`,
      );
    }
  }
  if (originalsBucket === null || thumbnailsBucket === null) return null;
  if (originalsBucket === thumbnailsBucket) {
    reader.fault('S3_THUMBNAILS_BUCKET must be another bucket than S3_ORIGINALS_BUCKET.');
  }
  return { ...others, originalsBucket, thumbnailsBucket };
}

function readEncryption(reader: SettingReader): S3Encryption | null {
  const algorithm = reader.read('S3_ENCRYPTION', encryptionAlgorithm, null);
  const kmsKeyId = reader.read('S3_KMS_KEY_ID', kmsKey, null);
  if (kmsKeyId !== null && algorithm !== 'aws:kms') reader.fault('S3_KMS_KEY_ID needs S3_ENCRYPTION=aws:kms.');
  if (algorithm === null) return null;
  return kmsKeyId === null ? { algorithm } : { algorithm, kmsKeyId };
}

const encryptionAlgorithm: Parser<S3Encryption['algorithm']> = (text) =>
  oneOf(['aes256', 'aws:kms'])(text) === 'aes256' ? 'AES256' : 'aws:kms';

const kmsKey: Parser<string> = (text) => {
  if (!/^[\w:/-]{1,2048}$/.test(text)) throw new SettingFault('must be the id, the ARN or the alias of a KMS key');
  return text;
};

/** Letters and digits alone: it becomes part of the address that the S3 server is given. */
const eventsToken: Parser<string> = (text) => {
  if (!/^[\w-]*$/.test(text)) {
    throw new SettingFault('must be letters, digits, "-" and "_" alone (openssl rand -hex 24 makes a good one)');
  }
  return secretText(24)(text);
};

const region: Parser<string> = (text) => {
  if (!/^[a-z0-9-]{1,64}$/.test(text)) {
    throw new SettingFault(`must be a region such as eu-central-1, not ${JSON.stringify(text)}`);
  }
  return text;
};
