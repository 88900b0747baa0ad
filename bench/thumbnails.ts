import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { encoders } from '../lambda/encode-thumbnail.ts';
import { makeThumbnails } from '../lambda/make-thumbnails.ts';
import { thumbnailSize } from '../lambda/thumbnail-size.ts';

/**
 * One decode for all heights against a decode for each, in turns within one run; and what the encoders' settings cost.
 * `npx tsx bench/thumbnails.ts [IMAGE]`; without an image it makes one of 12 megapixels.
 */
const rounds = 15;

sharp.concurrency(1);
sharp.cache(false);

async function makePhoto(): Promise<Buffer> {
  const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
  const coarse = await sharp({ create: { width: 504, height: 378, channels: 3, background: '#888', noise } })
    .blur(2)
    .png()
    .toBuffer();
  return sharp(coarse).resize(4032, 3024).jpeg({ quality: 90 }).toBuffer();
}

async function separately(bytes: Buffer, heights: number[]): Promise<void> {
  const { autoOrient } = await sharp(bytes).metadata();
  for (const tierHeight of heights) {
    const { width, height } = thumbnailSize(autoOrient, tierHeight);
    await encoders['image/jpeg'](sharp(bytes, { autoOrient: true }).resize(width, height, { fit: 'fill' })).toBuffer();
  }
}

async function together(bytes: Buffer, heights: number[]): Promise<void> {
  const recipe = { version: 1 as const, heights, format: 'jpeg' as const };
  const made = await makeThumbnails({ bytes, recipe, maxPixels: 100_000_000 });
  if (made.status !== 'made') throw new Error(made.failure.message);
}

/** Milliseconds of the processor, in all threads: other work on the machine does not count. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
const milliseconds = (value: number) => Number(value.toFixed(1));

const file = process.argv[2];
const bytes = file ? await readFile(file) : await makePhoto();

const rows = [];
for (const heights of [[200], [200, 400], [100, 200, 400, 800], [200, 400, 1080, 2160]]) {
  const times: { each: number[]; once: number[] } = { each: [], once: [] };
  for (let round = 0; round < rounds; round += 1) {
    times.each.push(await timed(() => separately(bytes, heights)));
    times.once.push(await timed(() => together(bytes, heights)));
  }
  const each = median(times.each);
  const once = median(times.once);
  rows.push({
    heights: heights.join(', '),
    'a decode for each, ms': milliseconds(each),
    'one decode and placeholder, ms': milliseconds(once),
    ratio: Number((once / each).toFixed(2)),
  });
}
console.table(rows);

const { data, info } = await sharp(bytes)
  .resize({ height: 400 })
  .toColourspace('srgb')
  .raw()
  .toBuffer({ resolveWithObject: true });
const pixels = () => sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } });
const variants: Record<string, () => Promise<Buffer>> = {
  'jpeg 80': () => pixels().jpeg({ quality: 80 }).toBuffer(),
  'jpeg 80, table 3 (ours)': () => encoders['image/jpeg'](pixels()).toBuffer(),
  'jpeg 80, mozjpeg': () => pixels().jpeg({ quality: 80, mozjpeg: true }).toBuffer(),
  'png 6': () => pixels().png().toBuffer(),
  'png 6, adaptive filters (ours)': () => encoders['image/png'](pixels()).toBuffer(),
  'webp 80, effort 4': () => pixels().webp({ quality: 80 }).toBuffer(),
  'webp 80, effort 2 (ours)': () => encoders['image/webp'](pixels()).toBuffer(),
  'gif, effort 7': () => pixels().gif().toBuffer(),
  'gif, effort 3 (ours)': () => encoders['image/gif'](pixels()).toBuffer(),
  'avif 50, effort 4': () => pixels().avif({ quality: 50 }).toBuffer(),
  'avif 50, effort 1 (ours)': () => encoders['image/avif'](pixels()).toBuffer(),
  'avif 50, effort 0': () => pixels().avif({ quality: 50, effort: 0 }).toBuffer(),
};
const settings = [];
for (const [name, encode] of Object.entries(variants)) {
  const times: number[] = [];
  let size = 0;
  for (let round = 0; round < 5; round += 1) {
    times.push(await timed(async () => (size = (await encode()).length)));
  }
  settings.push({ '400 px': name, ms: milliseconds(median(times)), bytes: size });
}
console.table(settings);
