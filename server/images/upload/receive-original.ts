import { createHash } from 'node:crypto';
import { pipeline, type Readable, Transform } from 'node:stream';
import { AppError } from '../../../core/errors.ts';
import type { ObjectMetadata, ObjectStore } from '../../../core/storage/object-store.ts';
import { detectFormat, signatureBytes } from '../../../core/thumbnails/inspect/signature.ts';
import { createOriginalInspector, type OriginalInfo } from '../../../core/thumbnails/inspect-original.ts';

export interface IntakeOptions {
  maxPixels: number;
  /** Called before the bytes that exceed what it allowed before; rejects when they may not be. */
  allow(totalBytes: number): Promise<void> | undefined;
}

export interface ReceivedOriginal extends OriginalInfo {
  bytes: number;
  /** In hex. */
  sha256: string;
}

/** What an original's header is looked for in before its bytes go to the store. Nearly all say all in the first piece. */
const headBytes = 64 * 1024;

/**
 * A stream that lets the bytes of one original through while it counts and hashes them and reads their header. Wrong
 * bytes are its error.
 */
export function createIntake({ maxPixels, allow }: IntakeOptions) {
  const inspector = createOriginalInspector({ maxPixels });
  const hash = createHash('sha256');
  const head: Buffer[] = [];
  let bytes = 0;
  let received: ReceivedOriginal | undefined;
  let failure: unknown;
  let onType: (contentType: string) => void;
  let onError: (error: Error) => void;
  const contentType = new Promise<string>((resolve, reject) => {
    onType = resolve;
    onError = reject;
  });
  contentType.catch(() => {});

  async function take(chunk: Buffer): Promise<void> {
    await allow(bytes + chunk.length);
    if (bytes < signatureBytes) head.push(chunk.subarray(0, signatureBytes));
    bytes += chunk.length;
    inspector.push(chunk);
    hash.update(chunk);
    if (inspector.info) onType(inspector.info.contentType);
    else if (bytes >= headBytes) onType(`image/${detectFormat(Buffer.concat(head))}`);
  }

  const stream = new Transform({
    readableHighWaterMark: headBytes,
    transform(chunk: Buffer, _encoding, callback) {
      take(chunk).then(
        () => callback(null, chunk),
        (error) => {
          failure = error;
          callback(error);
        },
      );
    },
    flush(callback) {
      try {
        received = { ...inspector.finish(), bytes, sha256: hash.digest('hex') };
        onType(received.contentType);
        callback();
      } catch (error) {
        failure = error;
        callback(error as Error);
      }
    },
  });
  stream.once('error', (error) => onError(error));

  return {
    stream,
    /** What the bytes are, as soon as that is known; rejects with the stream's error. */
    contentType,
    /** What was wrong with the bytes. */
    failure: () => failure,
    /** All about the original, after the stream's end. */
    result(): ReceivedOriginal {
      if (!received) throw new Error('the original is not received yet');
      return received;
    },
  };
}

export interface ReceiveOptions extends IntakeOptions {
  objectKey: string;
  contentLength?: number;
  /** Metadata for the object, when its type is known. */
  describe(contentType: string): ObjectMetadata;
  /** Its reason ends the upload. */
  signal: AbortSignal;
}

/** The bytes may be in the store, or may still arrive there. */
export class StoreFailure extends Error {}

/**
 * Streams a body into the store at its key. Rejects with what is wrong with the body, which then left nothing behind, or
 * with a StoreFailure.
 */
export async function receiveOriginal(
  store: ObjectStore,
  body: Readable,
  { objectKey, contentLength, describe, signal, ...options }: ReceiveOptions,
): Promise<ReceivedOriginal> {
  const intake = createIntake(options);
  let bodyError: unknown;
  body.once('error', (error) => {
    bodyError = error;
  });
  const end = () => void intake.stream.destroy(signal.reason);
  if (signal.aborted) end();
  else signal.addEventListener('abort', end, { once: true });
  try {
    // Whoever is gone by now is not piped from: newer versions of Node throw an error of their own for it.
    signal.throwIfAborted();
    if (body.destroyed) throw body.errored ?? new AppError('incomplete_body', 'The body ended early. Send it again.');
    pipeline(body, intake.stream, () => {});
    const contentType = await intake.contentType;
    await store
      .put('originals', objectKey, intake.stream, {
        contentType,
        contentLength,
        metadata: describe(contentType),
        // Hashed once: the store takes what the intake has.
        sha256: () => intake.result().sha256,
      })
      .catch((error: unknown) => {
        const wrong = intake.failure() ?? bodyError ?? signal.reason;
        if (wrong) throw wrong;
        throw new StoreFailure('the store did not take an original', { cause: error });
      });
    return intake.result();
  } finally {
    signal.removeEventListener('abort', end);
    intake.stream.destroy();
  }
}
