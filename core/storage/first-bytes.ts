import type { Readable } from 'node:stream';
import { AppError } from '../errors.ts';

/**
 * Waits until the first bytes are there, so that a store that fails at once is still an error of ours and not an
 * answer that breaks off.
 */
export function firstBytes(body: Readable): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (settled: () => void) => {
      for (const [event, listener] of listeners) body.off(event, listener);
      settled();
    };
    const away = (cause?: unknown) =>
      settle(() =>
        reject(new AppError('unavailable', 'The storage does not answer. Try again in a moment.', { cause })),
      );
    const listeners: [string, (cause?: unknown) => void][] = [
      ['readable', () => settle(resolve)],
      ['end', () => settle(resolve)],
      ['error', away],
      ['close', away],
    ];
    for (const [event, listener] of listeners) body.on(event, listener);
  });
}
