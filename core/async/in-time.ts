import { AppError } from '../errors.ts';

/** Runs one operation of the store; rejects with `unavailable`, and aborts it, when the invocation's time is nearly up. */
export type InTime = <T>(operation: (signal: AbortSignal) => Promise<T>) => Promise<T>;

/** Enough to say so before the invocation is ended from outside. */
const reserveMilliseconds = 2_000;

/**
 * A store that hangs has to end as a fault of the store. Were the invocation ended for its time instead, the image that
 * happened to be in work would be blamed.
 */
export function inTimeOf(remainingMilliseconds = Number.POSITIVE_INFINITY): InTime {
  const until = Date.now() + remainingMilliseconds - reserveMilliseconds;
  return async (operation) => {
    if (until === Number.POSITIVE_INFINITY) return operation(new AbortController().signal);
    const controller = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => {
          const error = new AppError('unavailable', 'The object store did not answer in time.');
          controller.abort(error);
          reject(error);
        },
        Math.max(0, until - Date.now()),
      );
    });
    try {
      return await Promise.race([operation(controller.signal), late]);
    } finally {
      clearTimeout(timer);
    }
  };
}
