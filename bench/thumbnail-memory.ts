/**
 * Time and memory of one invocation for originals of 1 to 100 megapixels in every format, each in a process of its own
 * like the function's: `npx tsx bench/thumbnail-memory.ts [MEGAPIXELS,…]`. It makes the pictures itself, which takes
 * longer than the measurement.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Sharp } from 'sharp';
import { makeThumbnails, restrictDecoder } from '../lambda/make-thumbnails.ts';
import { largePicture } from './large-picture.ts';

const formats: Record<string, (image: Sharp) => Sharp> = {
  JPEG: (image) => image.jpeg({ quality: 85 }),
  'progressive JPEG': (image) => image.jpeg({ quality: 85, progressive: true }),
  PNG: (image) => image.png({ compressionLevel: 1 }),
  'interlaced PNG': (image) => image.png({ compressionLevel: 1, progressive: true }),
  'interlaced PNG, 16 bits, alpha': (image) =>
    image.ensureAlpha(0.5).toColourspace('rgb16').png({ compressionLevel: 1, progressive: true }),
  GIF: (image) => image.gif({ effort: 1, colours: 16 }),
  WebP: (image) => image.webp({ quality: 80, effort: 0 }),
  AVIF: (image) => image.avif({ quality: 50, effort: 0 }),
  TIFF: (image) => image.tiff({ compression: 'lzw' }),
};

interface Measured {
  milliseconds: number;
  /** Of the whole process, at most. */
  peakMegabytes: number;
}

async function measure(file: string): Promise<Measured> {
  restrictDecoder();
  const bytes = await readFile(file);
  const start = performance.now();
  const recipe = { version: 1 as const, heights: [200, 400, 1080], format: 'same' as const };
  const made = await makeThumbnails({ bytes, recipe, maxPixels: 100_000_000 });
  if (made.status !== 'made') throw new Error(made.failure.message, { cause: made.cause });
  return { milliseconds: Math.round(performance.now() - start), peakMegabytes: Math.round(peakKilobytes() / 1024) };
}

function peakKilobytes(): number {
  // What `resourceUsage` says on Linux begins with the size of the process that started this one.
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS;
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
}

async function compare(sizes: number[]): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'darkroom-bench-'));
  try {
    const rows = [];
    for (const format of Object.keys(formats)) {
      const row: Record<string, string | number> = { format };
      for (const megapixels of sizes) {
        const file = join(directory, 'picture');
        await writeFile(file, await formats[format]!(await largePicture(megapixels)).toBuffer());
        const own = [...process.execArgv, fileURLToPath(import.meta.url), '--measure', file];
        const env = { ...process.env, MALLOC_ARENA_MAX: '2' };
        const measured: Measured = JSON.parse(execFileSync(process.execPath, own, { env, encoding: 'utf8' }));
        row[`${megapixels} MP, ms`] = measured.milliseconds;
        row[`${megapixels} MP, MB`] = measured.peakMegabytes;
      }
      rows.push(row);
    }
    console.table(rows);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const [mode, file] = process.argv.slice(2);
if (mode === '--measure') process.stdout.write(JSON.stringify(await measure(file!)));
else await compare((mode ?? '1,12,24,100').split(',').map(Number));
