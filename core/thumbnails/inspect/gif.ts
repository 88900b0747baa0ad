import { type Parser, skip, take, viewOf } from './byte-feed.ts';
import { broken, type CheckSize, type OriginalInfo } from './original-info.ts';

const block = { extension: 0x21, image: 0x2c, trailer: 0x3b };

/**
 * Reads a GIF up to its first frame (GIF89a, 18 to 20). The size is the screen's, grown to the first frame where that
 * reaches beyond, as viewers do.
 */
export function* readGif(checkSize: CheckSize): Parser<OriginalInfo> {
  yield* skip(6);
  const screen = viewOf(yield* take(7));
  const screenWidth = screen.getUint16(0, true);
  const screenHeight = screen.getUint16(2, true);
  const packed = screen.getUint8(4);
  if (packed & 0x80) yield* skip(3 * 2 ** ((packed & 7) + 1));
  for (;;) {
    const kind = (yield* take(1))[0];
    if (kind === block.image) break;
    if (kind === block.trailer) throw broken('there is no picture in the GIF');
    if (kind !== block.extension) throw broken('a block of the GIF is damaged');
    yield* skip(1);
    yield* skipSubBlocks();
  }
  const frame = viewOf(yield* take(8));
  const size = checkSize({
    width: Math.max(screenWidth, frame.getUint16(0, true) + frame.getUint16(4, true)),
    height: Math.max(screenHeight, frame.getUint16(2, true) + frame.getUint16(6, true)),
  });
  return { contentType: 'image/gif', ...size };
}

function* skipSubBlocks(): Parser<void> {
  for (;;) {
    const length = (yield* take(1))[0] ?? 0;
    if (length === 0) return;
    yield* skip(length);
  }
}
