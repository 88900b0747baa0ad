import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { madePrefix, originalKey, resultKey, thumbnailKey } from '../../../core/storage/object-key.ts';
import type { ObjectStore } from '../../../core/storage/object-store.ts';
import { createS3ObjectStore } from '../../../core/storage/s3-object-store.ts';
import { recipeMetadataName, serializeRecipe } from '../../../core/thumbnails/recipe.ts';
import { packageLambda } from '../../../tools/lambda-package.mjs';
import { s3Setting } from '../../support/s3-settings.ts';

// The zip as it is uploaded to Lambda, on a real S3 server, with settings as the template gives them.
const recipe = { version: 1 as const, heights: [100, 200], format: 'same' as const };
const credentials = { accessKeyId: s3Setting('ACCESS_KEY_ID'), secretAccessKey: s3Setting('SECRET_ACCESS_KEY') };
const buckets = { originals: s3Setting('ORIGINALS_BUCKET'), thumbnails: s3Setting('THUMBNAILS_BUCKET') };
const environment = {
  AWS_REGION: s3Setting('REGION'),
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  S3_ENDPOINT: s3Setting('ENDPOINT'),
  S3_FORCE_PATH_STYLE: 'true',
  S3_ORIGINALS_BUCKET: buckets.originals,
  S3_THUMBNAILS_BUCKET: buckets.thumbnails,
};
const callHandler = `
  const { handler } = await import('./index.mjs');
  const answer = await handler(JSON.parse(process.argv[1]), { getRemainingTimeInMillis: () => 30_000 });
  process.stdout.write(JSON.stringify(answer));`;

let folder: string;
let unpacked: string;
let store: ObjectStore;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'darkroom-function-s3-'));
  const outFile = join(folder, 'function.zip');
  await packageLambda({ architecture: process.arch, outFile });
  unpacked = join(folder, 'task');
  execFileSync('python3', ['-m', 'zipfile', '-e', outFile, unpacked]);
  const client = { endpoint: s3Setting('ENDPOINT'), region: s3Setting('REGION'), credentials };
  store = createS3ObjectStore({ client, buckets, forcePathStyle: true });
}, 120_000);
afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

async function putOriginal(): Promise<string> {
  const key = originalKey(crypto.randomUUID(), randomBytes(16).toString('hex'));
  const picture = await sharp({ create: { width: 640, height: 480, channels: 3, background: 'teal' } })
    .png()
    .toBuffer();
  const metadata = { [recipeMetadataName]: serializeRecipe(recipe) };
  await store.put('originals', key, picture, { contentType: 'image/png', contentLength: picture.length, metadata });
  return key;
}

/** An event as S3 writes it, with its keys encoded, in a process of the function's own. */
async function invoke(...keys: string[]): Promise<unknown> {
  const Records = keys.map((key) => ({
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    eventName: 'ObjectCreated:Put',
    s3: { bucket: { name: buckets.originals }, object: { key: encodeURIComponent(key), sequencer: '0A1B2C' } },
  }));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', callHandler, JSON.stringify({ Records })],
    { cwd: unpacked, env: environment },
  );
  return JSON.parse(stdout);
}

async function thumbnailsOf(key: string) {
  const found: Record<string, string> = {};
  for await (const { key: name } of store.list('thumbnails', madePrefix(key.slice(0, 36)))) {
    found[name] = (await store.head('thumbnails', name))?.etag ?? '';
  }
  return found;
}

describe('the function’s package on S3', () => {
  it('makes thumbnails and their result in the other bucket, the same ones however often', async () => {
    const key = await putOriginal();
    const made100 = thumbnailKey(key, recipe, { tierHeight: 100, contentType: 'image/png' });
    const made200 = thumbnailKey(key, recipe, { tierHeight: 200, contentType: 'image/png' });
    const result = resultKey(key, recipe);
    expect(await invoke(key)).toEqual({ results: [{ originalKey: key, resultKey: result }], missing: [] });
    const made = await thumbnailsOf(key);
    expect(Object.keys(made)).toEqual([made100, made200, result]);
    const object = await store.get('thumbnails', result);
    expect(await json(object!.body)).toMatchObject({
      status: 'made',
      original: { width: 640, height: 480 },
      thumbnails: [
        { tierHeight: 100, width: 133, height: 100 },
        { tierHeight: 200, width: 267, height: 200 },
      ],
    });
    await invoke(key);
    const again = await thumbnailsOf(key);
    for (const name of [made100, made200]) expect(again[name]).toBe(made[name]);
  });

  it('brings nothing of an original back that is gone', async () => {
    const [gone, kept] = [await putOriginal(), await putOriginal()];
    await store.delete('originals', [gone]);
    expect(await invoke(gone, kept)).toMatchObject({ missing: [gone], results: [{ originalKey: kept }] });
    expect(await thumbnailsOf(gone)).toEqual({});
  });
});
