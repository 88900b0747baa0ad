import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { ByteRange, GetOptions } from '../object-store.ts';
import { diskError } from './disk-error.ts';

export function clampRange({ start, end }: ByteRange, bytes: number): ByteRange {
  if (!(start >= 0 && start <= end && start < bytes)) throw new RangeError('The range starts past the end');
  return { start, end: Math.min(end, bytes - 1) };
}

const presetPieceBytes = 512 * 1024;

/** From `start` to `end`, included. Closes the file at its end, and when it is destroyed unread. */
export function readableOf(
  handle: FileHandle,
  { start, end }: ByteRange,
  { signal, pieceBytes = presetPieceBytes }: GetOptions = {},
): Readable {
  let at = start;
  const onAbort = () => body.destroy(signal?.reason);
  const body = new Readable({
    highWaterMark: pieceBytes,
    read() {
      const length = Math.min(pieceBytes, end + 1 - at);
      if (length <= 0) {
        this.push(null);
        return;
      }
      handle.read(Buffer.allocUnsafeSlow(length), 0, length, at).then(
        ({ bytesRead, buffer }) => {
          at += bytesRead;
          if (bytesRead > 0) this.push(buffer.subarray(0, bytesRead));
          else this.destroy(diskError(new Error('An object has fewer bytes than it had')));
        },
        (error) => this.destroy(diskError(error)),
      );
    },
    destroy(error, done) {
      signal?.removeEventListener('abort', onAbort);
      handle.close().then(
        () => done(error),
        (closing) => done(error ?? diskError(closing)),
      );
    },
  });
  signal?.addEventListener('abort', onAbort, { once: true });
  return body;
}
