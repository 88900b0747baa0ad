import { crc32, deflateSync } from 'node:zlib';

type Colour = readonly [red: number, green: number, blue: number];

/** Skies from which the made-up pictures take their colours, top and bottom. */
const skies: readonly (readonly [Colour, Colour])[] = [
  [
    [38, 92, 148],
    [214, 230, 240],
  ],
  [
    [94, 46, 112],
    [246, 178, 122],
  ],
  [
    [24, 38, 74],
    [122, 142, 186],
  ],
  [
    [54, 128, 120],
    [234, 238, 204],
  ],
  [
    [150, 62, 48],
    [250, 214, 150],
  ],
  [
    [70, 92, 104],
    [206, 210, 208],
  ],
  [
    [110, 140, 60],
    [240, 240, 196],
  ],
  [
    [30, 84, 104],
    [250, 190, 190],
  ],
];

export const pictureCount = skies.length;

/** A sky, a sun and a hill, 3 to 2, as PNG: every `which` has its own colours. No picture of anybody's. */
export function drawPicture(which: number, height: number): { bytes: Buffer; width: number; height: number } {
  const width = Math.round((height * 3) / 2);
  const [top, bottom] = skies[which % skies.length] ?? [
    [0, 0, 0],
    [255, 255, 255],
  ];
  const sun = { x: width * (0.2 + 0.08 * which), y: height * 0.3, radius: height * 0.11 };
  const hills = Array.from({ length: width }, (_, x) => height * (0.72 + 0.12 * Math.sin(which + (x / width) * 5)));
  const rows = Buffer.alloc(height * (1 + width * 3));
  let at = 0;
  for (let y = 0; y < height; y += 1) {
    rows[at++] = 0;
    for (let x = 0; x < width; x += 1) {
      const isSun = (x - sun.x) ** 2 + (y - sun.y) ** 2 < sun.radius ** 2;
      for (let channel = 0; channel < 3; channel += 1) {
        const [from = 0, to = 0] = [top[channel], bottom[channel]];
        const sky = from + ((to - from) * y) / height;
        rows[at++] = y > (hills[x] ?? 0) ? from * 0.55 : isSun ? 255 - (255 - sky) * 0.2 : sky;
      }
    }
  }
  return { bytes: png(width, height, rows), width, height };
}

/** W3C, "Portable Network Graphics": 8 bits, true colour, no filter. */
function png(width: number, height: number, rows: Buffer): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(4);
  frame.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([frame, body, sum]);
}
