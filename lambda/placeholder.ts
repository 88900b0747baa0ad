import { rgbaToThumbHash } from 'thumbhash';
import type { PixelSize } from '../core/thumbnails/made-images.ts';

/** Eight bits each of red, green and blue, and of alpha where there is one; sRGB, upright. */
export interface Pixels extends PixelSize {
  data: Buffer;
  channels: 3 | 4;
}

/** Thumbhash takes up to 100 x 100, and keeps seven waves a side: more than this changes a bit of the hash at most. */
const maxSide = 48;
/** Of one side of what becomes one pixel. More of a huge picture changes a bit of the hash at most. */
const maxSamples = 8;

/** The thumbhash of a picture, base64. Its own loop, for the decoder takes a multiple for so small a task. */
export function placeholderOf(pixels: Pixels): string {
  const scale = Math.min(1, maxSide / Math.max(pixels.width, pixels.height));
  const width = Math.max(1, Math.round(pixels.width * scale));
  const height = Math.max(1, Math.round(pixels.height * scale));
  return Buffer.from(rgbaToThumbHash(width, height, shrinkToRgba(pixels, { width, height }))).toString('base64');
}

/** Means of rectangles, of colours by how much of them is seen. */
function shrinkToRgba({ data, width, height, channels }: Pixels, to: PixelSize): Uint8Array {
  const rgba = new Uint8Array(to.width * to.height * 4);
  const stepX = Math.max(1, Math.floor(width / to.width / maxSamples));
  const stepY = Math.max(1, Math.floor(height / to.height / maxSamples));
  for (let y = 0, at = 0; y < to.height; y += 1) {
    const [top, bottom] = [Math.floor((y * height) / to.height), Math.floor(((y + 1) * height) / to.height)];
    for (let x = 0; x < to.width; x += 1, at += 4) {
      const [left, right] = [Math.floor((x * width) / to.width), Math.floor(((x + 1) * width) / to.width)];
      let [red, green, blue, seen, samples] = [0, 0, 0, 0, 0];
      for (let row = top; row < bottom; row += stepY) {
        for (let column = left; column < right; column += stepX) {
          const from = (row * width + column) * channels;
          const alpha = channels === 4 ? (data[from + 3] ?? 0) : 255;
          red += (data[from] ?? 0) * alpha;
          green += (data[from + 1] ?? 0) * alpha;
          blue += (data[from + 2] ?? 0) * alpha;
          seen += alpha;
          samples += 1;
        }
      }
      if (seen === 0) continue;
      rgba[at] = Math.round(red / seen);
      rgba[at + 1] = Math.round(green / seen);
      rgba[at + 2] = Math.round(blue / seen);
      rgba[at + 3] = Math.round(seen / samples);
    }
  }
  return rgba;
}
