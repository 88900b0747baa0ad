import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { createDiskObjectStore } from '../../../core/storage/disk-object-store.ts';
import { resultKey, thumbnailKey } from '../../../core/storage/object-key.ts';
import { createOriginalEvent } from '../../../core/thumbnails/function-event.ts';
import { recipeMetadataName, serializeRecipe } from '../../../core/thumbnails/recipe.ts';
import { packageLambda } from '../../../tools/lambda-package.mjs';

// Needs the registry, for binaries of another processor, and Python, to unpack: `npm run test:lambda`.
const other = process.arch === 'arm64' ? 'x64' : 'arm64';
const originalKey = '0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000/0123456789abcdef0123456789abcdef';
const recipe = { version: 1 as const, heights: [100, 200], format: 'same' as const };

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'darkroom-package-'));
}, 60_000);
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function packed(architecture: string, name: string) {
  const outFile = join(folder, `${name}.zip`);
  const sizes = await packageLambda({ architecture, outFile });
  return {
    outFile,
    sizes,
    hash: createHash('sha256')
      .update(await readFile(outFile))
      .digest('hex'),
  };
}

async function unpack(zip: string): Promise<string> {
  const target = `${zip}.unpacked`;
  execFileSync('python3', ['-m', 'zipfile', '-e', zip, target]);
  return target;
}

describe('the package for AWS Lambda', () => {
  it('is the same bytes each time, for each processor its own, and small', async () => {
    const [first, again] = [await packed(process.arch, 'first'), await packed(process.arch, 'again')];
    expect(again.hash).toBe(first.hash);
    expect(first.sizes.zipBytes).toBeLessThan(10_000_000);
    const foreign = await packed(other, 'other');
    const files = (await readdir(await unpack(foreign.outFile), { recursive: true })).filter((file) =>
      /\.node$/.test(file),
    );
    expect(files).toEqual([expect.stringContaining(`sharp-linux-${other}`)]);
  }, 120_000);

  it('makes thumbnails with nothing beside it', async () => {
    const { outFile } = await packed(process.arch, 'run');
    const unpacked = await unpack(outFile);
    const objects = join(folder, 'objects');
    const presign = { publicUrl: 'http://localhost', accessKeyId: 'none', secretAccessKey: 'none' };
    const store = createDiskObjectStore({ directory: objects, presign });
    const picture = await sharp({ create: { width: 640, height: 480, channels: 3, background: 'teal' } })
      .jpeg()
      .toBuffer();
    await store.put('originals', originalKey, picture, {
      contentType: 'image/jpeg',
      contentLength: picture.length,
      metadata: { [recipeMetadataName]: serializeRecipe(recipe) },
    });
    const call = `
      import { handler } from ${JSON.stringify(join(unpacked, 'index.mjs'))};
      const answer = await handler(${JSON.stringify(createOriginalEvent('originals', originalKey))});
      process.stderr.write(JSON.stringify(answer));
      process.exit(0);
    `;
    const { stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', call], {
      env: { OBJECT_STORE_DIRECTORY: objects, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    });
    const result = { originalKey, resultKey: resultKey(originalKey, recipe) };
    expect(JSON.parse(stderr)).toEqual({ results: [result], missing: [] });
    const object = await store.get(
      'thumbnails',
      thumbnailKey(originalKey, recipe, { tierHeight: 200, contentType: 'image/jpeg' }),
    );
    const thumbnail = await sharp(await buffer(object?.body as NodeJS.ReadableStream)).metadata();
    expect(thumbnail).toMatchObject({ width: 267, height: 200, format: 'jpeg' });
    await store.close();
  }, 120_000);
});
