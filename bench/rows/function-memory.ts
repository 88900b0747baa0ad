import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Sharp } from 'sharp';
import { makeThumbnails, restrictDecoder } from '../../lambda/make-thumbnails.ts';
import { largePicture } from '../pictures.ts';
import { type Line, lineOf } from './row.ts';

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

/** Megapixels. */
const sizes = [12, 100];

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

/** Of one invocation for an original of each format, each in a process of its own, like the function's. */
export async function measureFunctionMemory(): Promise<Line[]> {
  const directory = await mkdtemp(join(tmpdir(), 'darkroom-bench-'));
  try {
    const lines: Line[] = [];
    for (const [format, encode] of Object.entries(formats)) {
      for (const megapixels of sizes) {
        const file = join(directory, 'picture');
        await writeFile(file, await encode(await largePicture(megapixels)).toBuffer());
        const own = [...process.execArgv, fileURLToPath(import.meta.url), '--measure', file];
        const env = { ...process.env, MALLOC_ARENA_MAX: '2' };
        const measured: Measured = JSON.parse(execFileSync(process.execPath, own, { env, encoding: 'utf8' }));
        lines.push(lineOf(`${format}, ${megapixels} MP: memory`, measured.peakMegabytes, 'MB'));
        lines.push(lineOf(`${format}, ${megapixels} MP: time`, measured.milliseconds, 'ms'));
      }
    }
    return lines;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const [mode, file] = process.argv.slice(2);
if (mode === '--measure' && file) process.stdout.write(JSON.stringify(await measure(file)));
