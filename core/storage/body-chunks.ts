import type { Readable } from 'node:stream';
import { AppError } from '../errors.ts';

/**
 * A body's chunks, one by one as the driver takes them. Throws the body's own error, the signal's reason, or
 * `incomplete_body` and `invalid_request` when the length is not the one that was said. It ends at once when the signal
 * aborts, also while the body has nothing to give. The body is never destroyed: it belongs to the caller, who may still
 * have to answer on the same connection.
 */
export async function* bodyChunks(
  body: Readable | Uint8Array,
  { contentLength, signal }: { contentLength?: number | undefined; signal?: AbortSignal | undefined } = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  let bytes = 0;
  const count = (chunk: Uint8Array): Uint8Array => {
    signal?.throwIfAborted();
    bytes += chunk.length;
    if (contentLength === undefined || bytes <= contentLength) return chunk;
    throw new AppError('invalid_request', `The body is longer than its stated ${contentLength} bytes.`);
  };

  if (body instanceof Uint8Array) {
    if (count(body).length > 0) yield body;
  } else {
    const iterator: AsyncIterator<unknown> = body.iterator({ destroyOnReturn: false });
    let rejectPending: (reason: unknown) => void = () => {};
    const onAbort = () => rejectPending(signal?.reason);
    signal?.addEventListener('abort', onAbort);
    try {
      signal?.throwIfAborted();
      while (true) {
        const next = await new Promise<IteratorResult<unknown>>((resolve, reject) => {
          rejectPending = reject;
          iterator.next().then(resolve, reject);
        });
        if (next.done) break;
        const chunk = typeof next.value === 'string' ? Buffer.from(next.value) : (next.value as Uint8Array);
        if (count(chunk).length > 0) yield chunk;
      }
    } finally {
      signal?.removeEventListener('abort', onAbort);
      iterator.return?.().catch(() => {});
    }
  }
  signal?.throwIfAborted();
  if (contentLength !== undefined && bytes < contentLength) {
    throw new AppError('incomplete_body', `The body ended after ${bytes} of ${contentLength} bytes. Send it again.`);
  }
}
