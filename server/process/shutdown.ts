import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';

export interface Shutdown {
  /** Aborted at the first signal: streams of events end, nothing new is begun. */
  readonly stopping: AbortSignal;
  /** Aborted at the second: what still runs is cut off. */
  readonly hurry: AbortSignal;
  /** What is to be closed at the end; what was added last is closed first. One that needs longer than others says so. */
  add(name: string, close: () => Promise<void>, maxMilliseconds?: number): void;
  /** Closing waits for this work: a start that is under way must not open what nobody closes. */
  after(work: Promise<unknown>): void;
  /** Closes everything, once. Called again, it hurries. The reason is logged, unless it is known already (null). */
  run(reason: string | null): Promise<void>;
}

export interface ShutdownOptions {
  logger: Pick<Logger, 'info' | 'error'>;
  /** For each closer, after which the next one is begun. */
  closerMilliseconds?: number;
}

/** Ends a program in order: a closer that fails or hangs keeps none of the others from their turn. */
export function createShutdown({ logger, closerMilliseconds = 40_000 }: ShutdownOptions): Shutdown {
  const closers: { name: string; close: () => Promise<void>; maxMilliseconds: number }[] = [];
  const stopping = new AbortController();
  const hurry = new AbortController();
  let before: Promise<unknown> = Promise.resolve();
  let running: Promise<void> | null = null;

  async function closeAll(): Promise<void> {
    await before;
    for (let last = closers.pop(); last; last = closers.pop()) {
      const { name, close, maxMilliseconds } = last;
      const timer = new AbortController();
      const tooLong = sleep(maxMilliseconds, undefined, { signal: timer.signal }).then(() => {
        throw new Error(`not closed after ${maxMilliseconds / 1000} seconds`);
      });
      await Promise.race([close(), tooLong]).catch((error) =>
        logger.error({ err: error, name }, 'could not be closed'),
      );
      timer.abort();
      await tooLong.catch(() => {});
    }
  }

  return {
    stopping: stopping.signal,
    hurry: hurry.signal,
    add: (name, close, maxMilliseconds = closerMilliseconds) => {
      closers.push({ name, close, maxMilliseconds });
    },
    after: (work) => {
      before = Promise.allSettled([before, work]);
    },
    run(reason) {
      if (running) hurry.abort();
      else {
        if (reason !== null) logger.info({ reason }, 'stopping');
        stopping.abort();
        running = closeAll();
      }
      return running;
    },
  };
}

export interface DrainOptions {
  /** How long requests that run may take to end. */
  graceMilliseconds: number;
  hurry: AbortSignal;
}

/**
 * Stops accepting, lets running requests end within the grace, then cuts off the rest. Resolves when no connection is
 * left; a connection that is kept open for a next request is closed as soon as its request is answered.
 */
export async function drainHttpServer(server: Server, { graceMilliseconds, hurry }: DrainOptions): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const cutOff = () => server.closeAllConnections();
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const grace = setTimeout(cutOff, graceMilliseconds);
  hurry.addEventListener('abort', cutOff);
  if (hurry.aborted) cutOff();
  await closed;
  clearInterval(idle);
  clearTimeout(grace);
  hurry.removeEventListener('abort', cutOff);
}

const requestGraceMilliseconds = 30_000;

/** From the signal to stop until nothing is answered any more, for one that takes so many seconds to be left alone. */
export function maxDrainMilliseconds(drainSeconds: number): number {
  return drainSeconds * 1000 + requestGraceMilliseconds;
}

export interface AddDrainingOptions {
  server: Server;
  /** How long requests are still taken after the signal to stop. */
  drainSeconds: number;
  /** Aborted when that is over. */
  closing: AbortController;
}

/** The end of a server that serves: first not ready, but open for whoever still sends requests here; then closed. */
export function addDraining(shutdown: Shutdown, { server, drainSeconds, closing }: AddDrainingOptions): void {
  const { hurry } = shutdown;
  const drain = async () => {
    await sleep(drainSeconds * 1000, undefined, { signal: hurry }).catch(() => {});
    closing.abort();
    await drainHttpServer(server, { graceMilliseconds: requestGraceMilliseconds, hurry });
  };
  shutdown.add('requests', drain, maxDrainMilliseconds(drainSeconds) + 10_000);
}
