import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { createPresigner } from '../../core/storage/presign.ts';
import { bucketAddress } from '../../core/storage/sigv4.ts';
import { median } from '../measure.ts';
import { type Line, lineOf } from './row.ts';

const region = 'eu-central-1';
const endpoint = 'https://s3.eu-central-1.amazonaws.com';
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
/** Of a list of 1,000 images. */
const urls = 3_000;

/** Our presigner against the SDK's, in one process and on the same keys. */
export async function measurePresigner(repeats: number): Promise<Line[]> {
  const signedAt = new Date();
  const keys = Array.from({ length: urls }, (_, i) => `${crypto.randomUUID()}/${i.toString(16).padStart(32, '0')}`);
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
  const microsecondsEach = async (work: (key: string) => string | Promise<string>) => {
    const start = performance.now();
    for (const key of keys) await work(key);
    return ((performance.now() - start) * 1000) / urls;
  };
  const [first = ''] = keys;
  if (own(first) !== (await sdk(first))) throw new Error('the two presigners do not agree');
  await microsecondsEach(own);
  const times: { own: number[]; sdk: number[] } = { own: [], sdk: [] };
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    times.own.push(await microsecondsEach(own));
    times.sdk.push(await microsecondsEach(sdk));
  }
  return [lineOf('a URL, against the SDK', median(times.own), 'µs', { reference: median(times.sdk) })];
}
