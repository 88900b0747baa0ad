import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { S3Event } from '../../../core/thumbnails/function-event.ts';
import type { InvocationFailure } from '../../thumbnailing/function-invoker.ts';
import { type ExitedProcess, type FunctionFiles, spawnFunction } from './function-process.ts';
import { residentBytes } from './resident-bytes.ts';
import type { RuntimeApi, WaitingCall } from './runtime-api.ts';

export interface FunctionChildOptions extends FunctionFiles {
  api: RuntimeApi;
  memoryMegabytes: number;
  timeoutSeconds: number;
  /** How long it may take to load the function. */
  startSeconds: number;
  /** How long it is kept without work. */
  idleSeconds: number;
  logger: Logger;
  /** It can be given an invocation. */
  onFree(): void;
}

export type InvocationEnd =
  | { status: 'answered'; answer: unknown }
  | { status: 'failed'; reason: InvocationFailure; detail: string }
  /** It was ended by us, through no fault of the original. */
  | { status: 'given up' };

/** A child process that runs one invocation at a time, within limits on time and memory. */
export interface FunctionChild {
  /** It waits for an invocation. */
  readonly isFree: boolean;
  /** It was free once: the function can be loaded. */
  readonly hasStarted: boolean;
  /** Runs an invocation; only while it is free. Never rejects: what brings the process down is an end as well. */
  run(event: S3Event): Promise<InvocationEnd>;
  /** Kills it. What it runs is given up. */
  end(): void;
  /** Resolves when the process is gone, with why in words. */
  readonly exited: Promise<string>;
}

type Ending = 'timeout' | 'out_of_memory' | 'start' | 'confused' | 'idle' | 'closing';

const memoryWatchMilliseconds = process.platform === 'linux' ? 100 : 1_000;
/** Sent by whoever stops the server and all its processes; no doing of an original. */
const stopSignals: (NodeJS.Signals | null)[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Throws when no process can be started. */
export function startFunctionChild(options: FunctionChildOptions): FunctionChild {
  const { api, logger, memoryMegabytes, timeoutSeconds, startSeconds, idleSeconds, onFree } = options;
  let hasStarted = false;
  let startError: string | undefined;
  let waiting: WaitingCall | null = null;
  let running: { requestId: string; resolve(end: InvocationEnd): void } | null = null;
  let endedFor: Ending | null = null;
  let timer: NodeJS.Timeout | undefined;

  const { address, expel } = api.admit({
    next: (call) => {
      if (running) {
        settle({ status: 'failed', reason: 'error', detail: 'the function asked for more without an answer' });
        end('confused');
      }
      if (endedFor) return;
      hasStarted = true;
      waiting = call;
      limit('idle', idleSeconds * 1000);
      onFree();
    },
    response: (requestId, answer) => {
      if (running?.requestId === requestId) settle({ status: 'answered', answer });
    },
    error: (requestId, { errorType, errorMessage = 'an error without a message' }) => {
      if (running?.requestId !== requestId) return;
      const reason = errorType === 'OutOfMemory' ? 'out_of_memory' : 'error';
      settle({ status: 'failed', reason, detail: errorMessage });
    },
    initError: ({ errorMessage }) => {
      startError = errorMessage;
    },
  });
  const child = spawnFunction({ ...options, apiAddress: address });
  const memoryWatch = setInterval(() => void watchMemory(), memoryWatchMilliseconds);
  memoryWatch.unref();
  limit('start', startSeconds * 1000);

  function limit(ending: Ending, milliseconds: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => end(ending), milliseconds);
    timer.unref();
  }

  function settle(invocationEnd: InvocationEnd): void {
    running?.resolve(invocationEnd);
    running = null;
  }

  function end(ending: Ending): void {
    endedFor ??= ending;
    waiting = null;
    child.kill();
  }

  async function watchMemory(): Promise<void> {
    const watched = running;
    if (!watched || !child.pid) return;
    const bytes = await residentBytes(child.pid);
    // It may have ended meanwhile, and the next one have begun.
    if (running === watched && bytes !== null && bytes > memoryMegabytes * 1024 * 1024) end('out_of_memory');
  }

  function endBy({ signal, text }: ExitedProcess): InvocationEnd {
    if (endedFor === 'closing') return { status: 'given up' };
    const failed = (reason: InvocationFailure, detail = text) => ({ status: 'failed' as const, reason, detail });
    if (endedFor === 'timeout') return failed(endedFor, `not done after ${timeoutSeconds} seconds`);
    if (endedFor === 'out_of_memory') return failed(endedFor, `more than ${memoryMegabytes} MB of memory`);
    if (stopSignals.includes(signal)) return failed('error');
    // Whoever else kills from outside is the kernel, for memory.
    return failed(signal === 'SIGKILL' ? 'out_of_memory' : 'crash');
  }

  return {
    get isFree() {
      return waiting?.isOpen() ?? false;
    },
    get hasStarted() {
      return hasStarted;
    },
    run: (event) =>
      new Promise((resolve) => {
        if (!waiting) throw new Error('this child is not free');
        const milliseconds = timeoutSeconds * 1000;
        running = { requestId: randomUUID(), resolve };
        limit('timeout', milliseconds);
        waiting.hand({ requestId: running.requestId, deadline: Date.now() + milliseconds, event });
        waiting = null;
      }),
    end: () => end('closing'),
    exited: child.exited.then((exited) => {
      expel();
      clearTimeout(timer);
      clearInterval(memoryWatch);
      waiting = null;
      settle(endBy(exited));
      logger.debug({ endedFor, how: exited.text }, 'a process of the thumbnail function has ended');
      return startError ?? (endedFor === 'start' ? 'it does not come to its start' : exited.text);
    }),
  };
}
