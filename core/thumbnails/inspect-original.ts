import { AppError } from '../errors.ts';
import { readAvif } from './inspect/avif.ts';
import { type ByteFeed, createByteFeed, type FeedPosition, type Parser } from './inspect/byte-feed.ts';
import { readGif } from './inspect/gif.ts';
import { readJpeg } from './inspect/jpeg.ts';
import {
  broken,
  type CheckSize,
  createSizeCheck,
  type OriginalInfo,
  truncated,
  unsupported,
} from './inspect/original-info.ts';
import { readPng } from './inspect/png.ts';
import {
  couldBecomeFormat,
  describeOtherFormat,
  detectFormat,
  type OriginalFormat,
  signatureBytes,
} from './inspect/signature.ts';
import { checkDirectories, readTiff } from './inspect/tiff.ts';
import { readWebp } from './inspect/webp.ts';

export type { OriginalContentType, OriginalInfo } from './inspect/original-info.ts';

export interface OriginalInspector {
  /**
   * Takes the next bytes, of any number. Throws AppError `unsupported_type`, `invalid_image` or `too_many_pixels` as soon
   * as the bytes so far decide it, and again at every later call. Keeps none of them.
   */
  push(chunk: Uint8Array): void;
  /** The verdict, as soon as it is known; later bytes do not change it. */
  readonly info: OriginalInfo | null;
  /** The verdict at the end of the stream. Throws what `push` does, and `empty_body` when there was no byte. */
  finish(): OriginalInfo;
}

const parsers: Record<
  OriginalFormat,
  (checkSize: CheckSize, feed: FeedPosition) => Parser<OriginalInfo, OriginalInfo>
> = {
  jpeg: readJpeg,
  png: readPng,
  gif: readGif,
  webp: readWebp,
  avif: readAvif,
  tiff: readTiff,
};

/**
 * Tells what an original is from its header alone, while it streams by: a parser, never a decoder. It keeps 64 KB at
 * most (some 100 KB for an AVIF of thousands of tiles), and its time grows with the bytes, whatever they are.
 */
export function createOriginalInspector({ maxPixels }: { maxPixels: number }): OriginalInspector {
  const checkSize = createSizeCheck(maxPixels);
  const head = new Uint8Array(signatureBytes);
  let headBytes = 0;
  let feed: ByteFeed<OriginalInfo> | null = null;
  let failure: unknown = null;

  function readHead(chunk: Uint8Array): Uint8Array {
    const used = Math.min(signatureBytes - headBytes, chunk.length);
    head.set(chunk.subarray(0, used), headBytes);
    headBytes += used;
    return chunk.subarray(used);
  }

  function start(): ByteFeed<OriginalInfo> {
    const format = detectFormat(head);
    if (!format) throw unsupported(describeOtherFormat(head));
    const started = createByteFeed(
      (place) => parsers[format](checkSize, place),
      () => broken('its header does not come to an end'),
    );
    started.push(head);
    return started;
  }

  function guarded<T>(work: () => T): T {
    if (failure) throw failure;
    try {
      return work();
    } catch (error) {
      failure = error;
      throw error;
    }
  }

  return {
    push(chunk) {
      guarded(() => {
        const rest = feed ? chunk : readHead(chunk);
        if (!feed && headBytes < signatureBytes) return;
        feed ??= start();
        feed.push(rest);
      });
    },
    get info() {
      return feed?.result?.value ?? null;
    },
    finish() {
      return guarded(() => {
        if (feed?.result) return feed.result.value;
        if (headBytes === 0) {
          throw new AppError('empty_body', 'The body has no bytes. Send the image itself as the body.');
        }
        const seen = head.subarray(0, headBytes);
        if (!feed && !couldBecomeFormat(seen)) throw unsupported(describeOtherFormat(seen));
        throw truncated();
      });
    },
  };
}

/** The same for bytes that are all there, of which more can be told. */
export function inspectOriginal(bytes: Uint8Array, limits: { maxPixels: number }): OriginalInfo {
  const inspector = createOriginalInspector(limits);
  inspector.push(bytes);
  const info = inspector.finish();
  if (info.contentType === 'image/tiff') checkDirectories(bytes);
  return info;
}
