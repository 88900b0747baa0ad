import { Readable } from 'node:stream';
import { withinMs } from '../../async/within-ms.ts';

/**
 * A body from the network that fails when the store is silent for too long while its reader waits. A reader that takes
 * its time is no fault: the clock only runs while something is asked for.
 */
export function boundedBody(
  source: Readable,
  {
    idleMs,
    signal,
    mapError,
  }: { idleMs: number; signal?: AbortSignal | undefined; mapError: (error: unknown) => Error },
): Readable {
  const chunks = source.iterator();
  const onAbort = () => body.destroy(signal?.reason);
  const body = new Readable({
    highWaterMark: 64 * 1024,
    read() {
      withinMs(idleMs, chunks.next()).then(
        ({ value, done }) => this.push(done ? null : value),
        (error) => this.destroy(mapError(error)),
      );
    },
    destroy(error, done) {
      signal?.removeEventListener('abort', onAbort);
      source.destroy();
      done(error);
    },
  });
  source.on('error', () => {});
  signal?.addEventListener('abort', onAbort, { once: true });
  return body;
}
