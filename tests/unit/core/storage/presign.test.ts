import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createPresigner } from '../../../../core/storage/presign.ts';
import { bucketAddress } from '../../../../core/storage/sigv4.ts';

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };

interface Case {
  key: string;
  signedAt: Date;
  expiresInSeconds: number;
  contentDisposition: string | undefined;
  sessionToken: string | undefined;
  style: 'path' | 'virtual-host';
  endpoint: string;
  region: string;
}

function sdkUrl(given: Case): Promise<string> {
  const client = new S3Client({
    region: given.region,
    endpoint: given.endpoint,
    forcePathStyle: given.style === 'path',
    credentials: { ...credentials, sessionToken: given.sessionToken },
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  const command = new GetObjectCommand({
    Bucket: 'originals',
    Key: given.key,
    ResponseContentDisposition: given.contentDisposition,
  });
  return getSignedUrl(client, command, { signingDate: given.signedAt, expiresIn: given.expiresInSeconds });
}

function ownUrl(given: Case): string {
  return createPresigner({ region: given.region })({
    address: bucketAddress(given.endpoint, 'originals', given.style),
    key: given.key,
    credentials: { ...credentials, sessionToken: given.sessionToken },
    signedAt: given.signedAt,
    expiresInSeconds: given.expiresInSeconds,
    contentDisposition: given.contentDisposition,
  });
}

const plain: Case = {
  key: '01994e5c-8c1f-7000-8000-000000000000/0123456789abcdef0123456789abcdef',
  signedAt: new Date('2026-11-22T18:00:00.789Z'),
  expiresInSeconds: 5400,
  contentDisposition: undefined,
  sessionToken: undefined,
  style: 'path',
  endpoint: 'http://localhost:8000/objects',
  region: 'eu-central-1',
};

describe('a presigned URL', () => {
  it.each<[string, Partial<Case>]>([
    ['path style under a path', {}],
    ['virtual-host style', { style: 'virtual-host', endpoint: 'https://s3.eu-central-1.amazonaws.com' }],
    ['with a port', { style: 'virtual-host', endpoint: 'http://s3.local:9000' }],
    ['with a session token', { sessionToken: 'FwoGZXIvYXdzE+/abc==' }],
    [
      'with a content disposition',
      { contentDisposition: `attachment; filename="a'(b)*!.png"; filename*=UTF-8''%C3%A4` },
    ],
    ['of the longest life', { expiresInSeconds: 604_800 }],
    ['of a key with every odd ASCII character', { key: ' !"#$%&\'()*+,-:;<=>?@[\\]^_`{|}~' }],
    ['of a key beyond ASCII', { key: 'grüße/猫/😀 a+b%20c.png' }],
  ])('is the SDK’s, byte for byte: %s', async (_name, change) => {
    const given = { ...plain, ...change };
    expect(ownUrl(given)).toBe(await sdkUrl(given));
  });

  it('is the SDK’s, byte for byte, for any key and options', async () => {
    const segment = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
      .map((text) => text.replaceAll('/', '_'));
    const anyCase = fc.record<Case>({
      key: fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join('/')),
      signedAt: fc.date({ min: new Date('2020-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }),
      expiresInSeconds: fc.integer({ min: 1, max: 604_800 }),
      contentDisposition: fc.option(fc.string({ unit: 'grapheme', minLength: 1 }), { nil: undefined }),
      sessionToken: fc.option(fc.base64String({ minLength: 4 }), { nil: undefined }),
      style: fc.constantFrom('path', 'virtual-host'),
      endpoint: fc.constantFrom('https://s3.example.com', 'http://storage.local:9000', 'https://cdn.example.com/a/b'),
      region: fc.constantFrom('us-east-1', 'eu-central-1', 'local'),
    });
    await fc.assert(
      fc.asyncProperty(anyCase, async (given) => {
        expect(ownUrl(given)).toBe(await sdkUrl(given));
      }),
      { numRuns: 300 },
    );
  });

  it('is the same again for the same moment, and another on the next day', () => {
    const presign = createPresigner({ region: 'eu-central-1' });
    const request = { ...plain, address: bucketAddress(plain.endpoint, 'originals', 'path'), credentials };
    expect(presign(request)).toBe(presign(request));
    expect(presign({ ...request, signedAt: new Date('2026-11-23T18:00:00Z') })).not.toBe(presign(request));
  });

  it.each([0, -1, 1.5, 604_801, Number.NaN])('is refused for %p seconds', (expiresInSeconds) => {
    expect(() => ownUrl({ ...plain, expiresInSeconds })).toThrow(RangeError);
  });
});
