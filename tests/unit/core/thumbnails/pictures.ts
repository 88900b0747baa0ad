import sharp, { type Sharp } from 'sharp';

/** Every way of encoding that the tests go through, each from the same pixels. */
export const encodings: Record<string, { contentType: string; encode: (image: Sharp) => Sharp }> = {
  'baseline JPEG': { contentType: 'image/jpeg', encode: (image) => image.jpeg() },
  'progressive JPEG': { contentType: 'image/jpeg', encode: (image) => image.jpeg({ progressive: true }) },
  'CMYK JPEG': { contentType: 'image/jpeg', encode: (image) => image.toColourspace('cmyk').jpeg() },
  'grey JPEG': { contentType: 'image/jpeg', encode: (image) => image.greyscale().jpeg() },
  PNG: { contentType: 'image/png', encode: (image) => image.png() },
  'interlaced PNG': { contentType: 'image/png', encode: (image) => image.png({ progressive: true }) },
  '16-bit PNG': { contentType: 'image/png', encode: (image) => image.toColourspace('rgb16').png() },
  'palette PNG': { contentType: 'image/png', encode: (image) => image.png({ palette: true }) },
  GIF: { contentType: 'image/gif', encode: (image) => image.gif() },
  'lossy WebP': { contentType: 'image/webp', encode: (image) => image.webp() },
  'lossless WebP': { contentType: 'image/webp', encode: (image) => image.webp({ lossless: true }) },
  AVIF: { contentType: 'image/avif', encode: (image) => image.avif({ effort: 0 }) },
  TIFF: { contentType: 'image/tiff', encode: (image) => image.tiff({ compression: 'lzw' }) },
  BigTIFF: { contentType: 'image/tiff', encode: (image) => image.tiff({ bigtiff: true }) },
  'tiled TIFF': { contentType: 'image/tiff', encode: (image) => image.tiff({ tile: true, pyramid: true }) },
  'CMYK TIFF': { contentType: 'image/tiff', encode: (image) => image.toColourspace('cmyk').tiff() },
};

export interface PictureOptions {
  width?: number;
  height?: number;
  alpha?: boolean;
  orientation?: number;
}

/** A picture of one of the encodings: a red left half and a blue right half, in stored order. */
export async function makePicture(encoding: string, options: PictureOptions = {}): Promise<Buffer> {
  const { width = 48, height = 32, alpha = false, orientation } = options;
  const chosen = encodings[encoding];
  if (!chosen) throw new Error(`no encoding ${encoding}`);
  const channels = alpha ? 4 : 3;
  const pixels = Buffer.alloc(width * height * channels);
  for (let at = 0; at < width * height; at += 1) {
    const isLeft = at % width < width / 2;
    pixels.set([...(isLeft ? [220, 20, 20] : [20, 20, 220]), 128].slice(0, channels), at * channels);
  }
  let image = sharp(pixels, { raw: { width, height, channels } });
  if (orientation !== undefined) image = image.withMetadata({ orientation });
  return chosen.encode(image).toBuffer();
}
