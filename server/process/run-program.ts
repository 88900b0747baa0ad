import type { Logger } from 'pino';
import type { Shutdown } from './shutdown.ts';

const sameWishMilliseconds = 500;

/** SIGTERM and SIGINT end the program in order; a second one hurries. */
export function endOnSignals(shutdown: Shutdown): void {
  let endedAt: number | null = null;
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      const now = performance.now();
      // npm passes a Ctrl-C on that the terminal has sent to everybody already: one person's one wish.
      if (endedAt !== null && now - endedAt < sameWishMilliseconds) return;
      endedAt ??= now;
      shutdown.run(signal).then(() => process.exit());
    });
  }
}

/** What nobody caught is logged, and the program ends with 1 after it has closed what it can. */
export function endOnUncaught(shutdown: Shutdown, logger: Pick<Logger, 'fatal'>): void {
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      logger.fatal({ err: error }, event);
      process.exitCode = 1;
      shutdown.run(event).then(() => process.exit());
    });
  }
}
