export interface Repeating {
  start(): void;
  /** Runs as soon as possible; once more when it runs just now. */
  wake(): void;
  /** Resolves when what runs has ended. */
  stop(): Promise<void>;
}

/**
 * Does something again and again, never twice at a time. `work` answers in how many seconds it wants to run again;
 * it must not reject.
 */
export function repeat(work: () => Promise<number>): Repeating {
  let state: 'idle' | 'waiting' | 'running' | 'stopped' = 'idle';
  let isWoken = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  const plan = (seconds: number) => {
    state = 'waiting';
    timer = setTimeout(() => {
      running = run();
    }, seconds * 1000);
    timer.unref();
  };
  const run = async () => {
    state = 'running';
    isWoken = false;
    const seconds = await work();
    if (state === 'running') plan(isWoken ? 0 : seconds);
  };

  return {
    start: () => {
      if (state === 'idle') plan(0);
    },
    wake: () => {
      if (state === 'running') isWoken = true;
      if (state !== 'waiting') return;
      clearTimeout(timer);
      plan(0);
    },
    stop: async () => {
      state = 'stopped';
      clearTimeout(timer);
      await running;
    },
  };
}
