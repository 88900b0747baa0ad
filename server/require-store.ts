import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { StoreLacks } from '../core/storage/probe-store.ts';
import { StartupError } from './process/startup-error.ts';

export interface RequireStoreDeps {
  probe(): Promise<void>;
  logger: Pick<Logger, 'warn'>;
  signal?: AbortSignal;
  /** How long a store has that fails in between. */
  waitMilliseconds?: number;
}

/** Refuses to start on a store that lacks something: a StartupError that names it and says what to do. */
export async function requireStore({
  probe,
  logger,
  signal,
  waitMilliseconds = 60_000,
}: RequireStoreDeps): Promise<void> {
  const deadline = Date.now() + waitMilliseconds;
  for (;;) {
    try {
      return await probe();
    } catch (error) {
      if (error instanceof StoreLacks) {
        throw new StartupError(`The object store cannot be used: ${error.message}`, { cause: error });
      }
      if (Date.now() > deadline) {
        throw new StartupError(
          'The object store does not work: the objects that it was tried with failed again and again.',
          {
            cause: error,
          },
        );
      }
      logger.warn({ err: error }, 'the object store failed while it was tried; it is tried again');
    }
    await sleep(1_000, undefined, { signal });
  }
}
