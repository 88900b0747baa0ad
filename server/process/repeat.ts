export interface Repeating {
  start(): void;
  /** Runs as soon as possible; once more when it runs just now. */
  wake(): void;
  /** Runs in so many seconds at the latest. */
  wakeWithin(seconds: number): void;
  /** Resolves when what runs has ended. */
  stop(): Promise<void>;
}

/**
 * Does something again and again, never twice at a time. `work` answers in how many seconds it wants to run again;
 * it must not reject.
 */
export function repeat(work: () => Promise<number>): Repeating {
  let state: 'idle' | 'waiting' | 'running' | 'stopped' = 'idle';
  let plannedAt = 0;
  /** Seconds after which a run that goes on now is to be followed by another one. */
  let wanted = Number.POSITIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  const plan = (seconds: number) => {
    state = 'waiting';
    plannedAt = performance.now() + seconds * 1000;
    timer = setTimeout(() => {
      running = run();
    }, seconds * 1000);
    timer.unref();
  };
  const run = async () => {
    state = 'running';
    wanted = Number.POSITIVE_INFINITY;
    const seconds = await work();
    if (state === 'running') plan(Math.min(wanted, seconds));
  };

  const wakeWithin = (seconds: number) => {
    if (state === 'running') wanted = Math.min(wanted, seconds);
    if (state !== 'waiting' || plannedAt <= performance.now() + seconds * 1000) return;
    clearTimeout(timer);
    plan(seconds);
  };

  return {
    start: () => {
      if (state === 'idle') plan(0);
    },
    wake: () => wakeWithin(0),
    wakeWithin,
    stop: async () => {
      state = 'stopped';
      clearTimeout(timer);
      await running;
    },
  };
}
