import sharp from 'sharp';
import { encoders } from '../../lambda/encode-thumbnail.ts';
import { makeThumbnails } from '../../lambda/make-thumbnails.ts';
import { thumbnailSize } from '../../lambda/thumbnail-size.ts';
import { median } from '../measure.ts';
import { photograph } from '../pictures.ts';
import { type Effort, type Line, lineOf } from './row.ts';

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

/** One decode for all heights against a decode for each, in turns; and what the encoders' settings cost. */
export async function measureDecoder({ repeats }: Effort): Promise<Line[]> {
  sharp.concurrency(1);
  sharp.cache(false);
  const bytes = await photograph();
  const lines: Line[] = [];
  for (const heights of [[200], [200, 400], [100, 200, 400, 800], [200, 400, 1080, 2160]]) {
    const times: { each: number[]; once: number[] } = { each: [], once: [] };
    for (let round = 0; round < 5 * repeats; round += 1) {
      times.each.push(await timed(() => separately(bytes, heights)));
      times.once.push(await timed(() => together(bytes, heights)));
    }
    const what = `${heights.join(', ')} px: one decode and placeholder, against a decode for each`;
    lines.push(lineOf(what, median(times.once), 'ms', { reference: median(times.each) }));
  }
  return [...lines, ...(await measureEncoders(bytes, repeats))];
}

/** Each setting of ours beside others, at 400 px. */
async function measureEncoders(bytes: Buffer, repeats: number): Promise<Line[]> {
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
  const lines: Line[] = [];
  for (const [name, encode] of Object.entries(variants)) {
    const times: number[] = [];
    let size = 0;
    for (let round = 0; round < 2 * repeats; round += 1) {
      times.push(
        await timed(async () => {
          size = (await encode()).length;
        }),
      );
    }
    lines.push(lineOf(`${name}, ${size.toLocaleString('en-US')} bytes`, median(times), 'ms'));
  }
  return lines;
}
