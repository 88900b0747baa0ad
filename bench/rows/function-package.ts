import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sharp } from 'sharp';
import { createDiskObjectStore } from '../../core/storage/disk-object-store.ts';
import { originalKey } from '../../core/storage/object-key.ts';
import { createOriginalEvent } from '../../core/thumbnails/function-event.ts';
import { createRecipe, recipeMetadataName, serializeRecipe } from '../../core/thumbnails/recipe.ts';
import { packageLambda } from '../../tools/lambda-package.mjs';
import { largePicture } from '../pictures.ts';
import { type Line, lineOf } from './row.ts';

const formats: Record<string, { contentType: string; encode(image: Sharp): Sharp }> = {
  JPEG: { contentType: 'image/jpeg', encode: (image) => image.jpeg({ quality: 85 }) },
  PNG: { contentType: 'image/png', encode: (image) => image.png({ compressionLevel: 1 }) },
  WebP: { contentType: 'image/webp', encode: (image) => image.webp({ quality: 80, effort: 0 }) },
};
const recipe = createRecipe({ thumbnailHeights: [200, 400], thumbnailFormat: 'same' });
const rounds = 3;
/** Megapixels. */
const sizes = [1, 12, 24, 100];

/** Runs in the unpacked zip, with nothing of the project beside it. */
const invocation = `
  import { readFileSync } from 'node:fs';
  const spent = (since) => { const { user, system } = process.cpuUsage(since); return (user + system) / 1000; };
  const begun = process.cpuUsage();
  const { handler } = await import('./index.mjs');
  const start = spent(begun);
  const loaded = process.cpuUsage();
  const answer = await handler(JSON.parse(process.argv[1]));
  if (answer.results.length !== 1) throw new Error(JSON.stringify(answer));
  const time = spent(loaded);
  const status = process.platform === 'linux' ? readFileSync('/proc/self/status', 'utf8') : '';
  const peakKilobytes = Number(/^VmHWM:\\s+(\\d+) kB/m.exec(status)?.[1] ?? process.resourceUsage().maxRSS);
  process.stdout.write(JSON.stringify({ start, time, peakKilobytes }));`;

interface Measured {
  start: number;
  time: number;
  peakKilobytes: number;
}

const best = (values: number[]) => Math.round(Math.min(...values));

/**
 * The zip for AWS Lambda, unpacked: one invocation with two heights, each in a process of its own, with a folder as its
 * store. Times are the processor's, in all threads: other work on the machine does not count, nor does the way to S3.
 */
export async function measureFunctionPackage(): Promise<Line[]> {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-bench-'));
  try {
    return await measureIn(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measureIn(folder: string): Promise<Line[]> {
  const outFile = join(folder, 'function.zip');
  const { zipBytes, unzippedBytes } = await packageLambda({ architecture: process.arch, outFile });
  const task = join(folder, 'task');
  execFileSync('python3', ['-m', 'zipfile', '-e', outFile, task]);
  const lines = [lineOf('zip', zipBytes / 1e6, 'MB'), lineOf('unpacked', unzippedBytes / 1e6, 'MB')];

  const directory = join(folder, 'objects');
  const presign = { publicUrl: 'http://localhost', accessKeyId: 'none', secretAccessKey: 'none' };
  const store = createDiskObjectStore({ directory, presign });
  const env = { PATH: process.env.PATH, OBJECT_STORE_DIRECTORY: directory, MALLOC_ARENA_MAX: '2' };
  for (const [format, { contentType, encode }] of Object.entries(formats)) {
    for (const megapixels of sizes) {
      const key = originalKey(crypto.randomUUID(), '0'.repeat(32));
      const bytes = await encode(await largePicture(megapixels)).toBuffer();
      const metadata = { [recipeMetadataName]: serializeRecipe(recipe) };
      await store.put('originals', key, bytes, { contentType, contentLength: bytes.length, metadata });
      const event = JSON.stringify(createOriginalEvent('originals', key));
      const args = ['--input-type=module', '-e', invocation, event];
      const measured: Measured[] = [];
      for (let round = 0; round < rounds; round += 1) {
        measured.push(JSON.parse(execFileSync(process.execPath, args, { cwd: task, env, encoding: 'utf8' })));
      }
      const what = `${format}, ${megapixels} MP`;
      lines.push(lineOf(`${what}: start`, best(measured.map(({ start }) => start)), 'ms'));
      lines.push(lineOf(`${what}: time`, best(measured.map(({ time }) => time)), 'ms'));
      lines.push(
        lineOf(`${what}: memory`, Math.max(...measured.map(({ peakKilobytes }) => peakKilobytes)) / 1024, 'MB'),
      );
    }
  }
  await store.close();
  return lines;
}
