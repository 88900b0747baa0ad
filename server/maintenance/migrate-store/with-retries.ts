import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../../core/errors.ts';

const firstPauseMilliseconds = 1_000;
const maxAttempts = 4;

/** Does it again after 1, 4 and 16 seconds while a store is `unavailable`; any other error is thrown at once. */
export async function withRetries<Result>(
  work: () => Promise<Result>,
  { signal, pauseMilliseconds = firstPauseMilliseconds }: { signal: AbortSignal; pauseMilliseconds?: number },
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const isPassing = error instanceof AppError && error.code === 'unavailable';
      if (!isPassing || attempt === maxAttempts) throw error;
      await sleep(pauseMilliseconds * 4 ** (attempt - 1), undefined, { signal });
    }
  }
}
