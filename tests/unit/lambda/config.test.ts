import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readFunctionConfig } from '../../../lambda/config.ts';

// The store looks for credentials as soon as it is made: here, and nowhere else.
process.env.AWS_ACCESS_KEY_ID = 'test';
process.env.AWS_SECRET_ACCESS_KEY = 'test';

describe('the settings of the function', () => {
  it('are a folder and bounds that have presets', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'darkroom-function-'));
    const config = await readFunctionConfig({ OBJECT_STORE_DIRECTORY: directory, MAX_PIXELS: '1000' });
    expect(config).toMatchObject({ maxPixels: 1000, maxOriginalBytes: 536_870_912 });
    await config.store.check();
    await config.store.close();
    await rm(directory, { recursive: true });
  });

  it('are two buckets where there is no folder', async () => {
    const config = await readFunctionConfig({
      S3_REGION: 'eu-west-1',
      S3_ORIGINALS_BUCKET: 'o',
      S3_THUMBNAILS_BUCKET: 't',
    });
    expect(config.maxPixels).toBe(100_000_000);
    await config.store.close();
  });

  it.each([
    ['AWS_REGION', { S3_ORIGINALS_BUCKET: 'o', S3_THUMBNAILS_BUCKET: 't' }],
    ['S3_ORIGINALS_BUCKET', { AWS_REGION: 'eu-west-1', S3_THUMBNAILS_BUCKET: 't' }],
    ['S3_THUMBNAILS_BUCKET', { AWS_REGION: 'eu-west-1', S3_ORIGINALS_BUCKET: 'o' }],
    ['S3_ENCRYPTION', { AWS_REGION: 'a', S3_ORIGINALS_BUCKET: 'o', S3_THUMBNAILS_BUCKET: 't', S3_ENCRYPTION: 'none' }],
    ['MAX_PIXELS', { OBJECT_STORE_DIRECTORY: '/tmp', MAX_PIXELS: 'many' }],
    ['MAX_ORIGINAL_BYTES', { OBJECT_STORE_DIRECTORY: '/tmp', MAX_ORIGINAL_BYTES: '0' }],
  ])('name %s when it is missing or wrong', async (name, environment) => {
    await expect(readFunctionConfig(environment)).rejects.toThrow(name);
  });
});
