import type { Logger } from 'pino';
import type { Shutdown } from './shutdown.ts';
import { StartupError } from './startup-error.ts';

/** SIGTERM and SIGINT end the program in order; a second one hurries. */
export function endOnSignals(shutdown: Shutdown): void {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
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

/** What a person is told of an error that ended the program: a sentence when it is one for people, else the stack. */
export function messageFor(error: unknown): string {
  if (error instanceof StartupError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
