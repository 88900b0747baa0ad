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
