import { AppError } from '../errors.ts';

export interface Gate {
  /** Runs the work when there is room. `unavailable` at once when too many wait already. */
  run<T>(work: () => Promise<T>): Promise<T>;
  readonly waiting: number;
}

/** At most `concurrency` at once, in the order they came, and at most `maxWaiting` in the queue. */
export function createGate({ concurrency, maxWaiting }: { concurrency: number; maxWaiting: number }): Gate {
  const queue: (() => void)[] = [];
  let running = 0;

  async function enter(): Promise<void> {
    if (running < concurrency) {
      running += 1;
      return;
    }
    if (queue.length >= maxWaiting) {
      throw new AppError('unavailable', 'Too many people log in just now. Try again in a few seconds.');
    }
    await new Promise<void>((resolve) => queue.push(resolve));
  }

  function leave(): void {
    // The place goes straight to the next one, so that nobody who comes meanwhile overtakes it.
    const next = queue.shift();
    if (next) next();
    else running -= 1;
  }

  return {
    async run(work) {
      await enter();
      try {
        return await work();
      } finally {
        leave();
      }
    },
    get waiting() {
      return queue.length;
    },
  };
}
