import { AppError } from '../../errors.ts';
import type { SigningCredentials } from '../sigv4.ts';

export interface ExpiringCredentials extends SigningCredentials {
  expiration?: Date;
}

export interface FreshCredentials {
  /** Those in use now. Throws `unavailable` when there are none, or none that still work. */
  current(): ExpiringCredentials;
  /** Resolves when there are some; rejects when the provider has none. */
  ready(): Promise<void>;
  close(): void;
}

const renewBeforeMs = 4.5 * 60_000;
const retryMs = 15_000;
const longestWaitMs = 60 * 60_000;

/**
 * Keeps the credentials of an asynchronous provider at hand for who cannot wait, and renews them in the background. The
 * SDK's providers give new ones in the last five minutes of the old.
 */
export function createFreshCredentials(
  provider: () => Promise<ExpiringCredentials>,
  now: () => number = Date.now,
): FreshCredentials {
  let known: ExpiringCredentials | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let running: Promise<void> | undefined;

  function schedule(afterMs: number): void {
    clearTimeout(timer);
    if (closed) return;
    timer = setTimeout(() => void load().catch(() => {}), afterMs);
    timer.unref();
  }

  async function renew(): Promise<void> {
    try {
      known = await provider();
      if (!known.expiration) return clearTimeout(timer);
      const leftMs = known.expiration.getTime() - now() - renewBeforeMs;
      schedule(Math.min(Math.max(leftMs, retryMs), longestWaitMs));
    } catch (error) {
      schedule(retryMs);
      throw error;
    }
  }

  function load(): Promise<void> {
    running ??= renew().finally(() => {
      running = undefined;
    });
    return running;
  }

  const works = (): boolean => known !== undefined && !(known.expiration && known.expiration.getTime() <= now());

  load().catch(() => {});
  return {
    current() {
      if (known && works()) return known;
      if (!closed) load().catch(() => {});
      throw new AppError('unavailable', 'The storage cannot be linked to right now. Try again later.', {
        cause: new Error(known ? 'The S3 credentials have expired' : 'There are no S3 credentials'),
      });
    },
    async ready() {
      if (!works()) await load();
    },
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
