import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';

/** A picture of 4 by 3 with as much detail as a photograph has, to be encoded. */
export async function largePicture(megapixels: number): Promise<Sharp> {
  const width = Math.round(Math.sqrt(megapixels * 1e6 * (4 / 3)));
  const height = Math.floor((megapixels * 1e6) / width);
  const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
  const coarse = await sharp({ create: { width: 400, height: 300, channels: 3, background: '#888', noise } })
    .png()
    .toBuffer();
  return sharp(coarse, { limitInputPixels: false }).resize(width, height, { fit: 'fill' });
}

/** A photograph of 12 megapixels as a camera writes it: a JPEG of about 2.8 MB. */
export async function photograph(): Promise<Buffer> {
  const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
  const coarse = await sharp({ create: { width: 1008, height: 756, channels: 3, background: '#888', noise } })
    .blur(0.72)
    .png()
    .toBuffer();
  return sharp(coarse).resize(4032, 3024).jpeg({ quality: 92 }).toBuffer();
}

/** A JPEG of about so many bytes. */
export async function jpegOf(bytes: number): Promise<Buffer> {
  // Noise takes about 1.23 bytes a pixel at this quality.
  const side = Math.max(16, Math.round(Math.sqrt(bytes / 1.23)));
  const noise = { type: 'gaussian', mean: 128, sigma: 50 } as const;
  return sharp({ create: { width: side, height: side, channels: 3, background: '#888', noise } })
    .jpeg({ quality: 85, chromaSubsampling: '4:4:4' })
    .toBuffer();
}

export async function keepPicture(folder: string, name: string, bytes: Buffer): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, bytes);
  return file;
}
