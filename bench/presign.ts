/**
 * Our presigner against the SDK's, in one process and on the same keys: `npx tsx bench/presign.ts`.
 * A list of 1,000 images holds about 3,000 presigned URLs.
 */
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { createPresigner } from '../core/storage/presign.ts';
import { bucketAddress } from '../core/storage/sigv4.ts';

const region = 'eu-central-1';
const endpoint = 'https://s3.eu-central-1.amazonaws.com';
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const signedAt = new Date();
const keys = Array.from({ length: 3000 }, (_, i) => `${crypto.randomUUID()}/${i.toString(16).padStart(32, '0')}`);

const presign = createPresigner({ region });
const address = bucketAddress(endpoint, 'originals', 'virtual-host');
const own = (key: string): string => presign({ address, key, credentials, signedAt, expiresInSeconds: 5400 });

const client = new S3Client({
  region,
  credentials,
  requestChecksumCalculation: 'WHEN_REQUIRED',
  responseChecksumValidation: 'WHEN_REQUIRED',
});
const sdk = (key: string): Promise<string> =>
  getSignedUrl(client, new GetObjectCommand({ Bucket: 'originals', Key: key }), {
    signingDate: signedAt,
    expiresIn: 5400,
  });

async function microsecondsEach(work: (key: string) => string | Promise<string>): Promise<number> {
  const start = performance.now();
  for (const key of keys) await work(key);
  return ((performance.now() - start) * 1000) / keys.length;
}

if (own(keys[0]!) !== (await sdk(keys[0]!))) throw new Error('The two do not agree');
await microsecondsEach(own);
await microsecondsEach(sdk);
const rows = [];
for (let round = 1; round <= 5; round++) {
  const ownUs = await microsecondsEach(own);
  const sdkUs = await microsecondsEach(sdk);
  rows.push({
    round,
    'own, µs a URL': ownUs.toFixed(1),
    'SDK, µs a URL': sdkUs.toFixed(1),
    'times faster': (sdkUs / ownUs).toFixed(0),
  });
}
console.table(rows);
