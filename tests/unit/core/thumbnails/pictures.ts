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
  const opacity = alpha ? 0.5 : 1;
  const left = Math.ceil(width / 2);
  let image = sharp({
    create: { width, height, channels: alpha ? 4 : 3, background: { r: 20, g: 20, b: 220, alpha: opacity } },
  }).composite([
    {
      input: {
        create: { width: left, height, channels: alpha ? 4 : 3, background: { r: 220, g: 20, b: 20, alpha: opacity } },
      },
      left: 0,
      top: 0,
      blend: 'source',
    },
  ]);
  if (orientation !== undefined) image = image.withMetadata({ orientation });
  return chosen.encode(image).toBuffer();
}
