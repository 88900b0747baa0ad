import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import { createOriginalEvent, functionAnswerSchema } from '../../core/thumbnails/function-event.ts';
import { type Recipe, recipeId } from '../../core/thumbnails/recipe.ts';
import type { FunctionHealth, FunctionInvoker, InvocationFailure } from '../thumbnailing/function-invoker.ts';
import { type FunctionChild, type InvocationEnd, startFunctionChild } from './function/function-child.ts';
import { functionLimits } from './function/function-limits.ts';
import type { FunctionFiles } from './function/function-process.ts';
import { startRuntimeApi } from './function/runtime-api.ts';

export interface LocalFunctionRunnerOptions extends FunctionFiles {
  /** Children at once; null: what the machine has room for. */
  concurrency: number | null;
  /** Of each child; null: what the machine has room for. */
  memoryMegabytes: number | null;
  /** Of each invocation. */
  timeoutSeconds: number;
  /** How long a child may take to load the function: well below a second on an idle machine. */
  startSeconds?: number;
  /** How long a child without work is kept. */
  idleSeconds?: number;
  /** Requests that wait; more are dropped, and asked again by the sweep. */
  maxQueued?: number;
  logger: Logger;
  onResult(result: { originalKey: string; resultKey: string }): Promise<unknown>;
  onFailure(failure: { originalKey: string; reason: InvocationFailure; detail?: string }): Promise<unknown>;
}

interface Request {
  originalKey: string;
  recipe?: Recipe;
}

const maxStartPauseMilliseconds = 30_000;
const closeGraceMilliseconds = 10_000;

/**
 * The thumbnail function without AWS: the same bundle in child processes, under a runtime API like Lambda's own, with
 * limits on time and memory. A child that breaks is blamed on the one original that it worked on, and is replaced.
 */
export async function createLocalFunctionRunner(options: LocalFunctionRunnerOptions): Promise<FunctionInvoker> {
  const { logger, maxQueued = 1_000, startSeconds = 30, idleSeconds = 60 } = options;
  const { concurrency: limit, memoryMegabytes } = functionLimits(options);
  const api = await startRuntimeApi();
  const children = new Set<FunctionChild>();
  const queue = new Map<string, Request>();
  const running = new Set<string>();
  /** Invocations that run, and ends of some that are being taken in. */
  const unfinished = new Set<Promise<void>>();
  let isFull = false;
  let health: Omit<FunctionHealth, 'queued'> = { status: 'unknown' };
  let failedStarts = 0;
  let startTimer: NodeJS.Timeout | undefined;
  let isClosing = false;

  /** Hands what waits to who is free, and starts another child when there is more of it. */
  function work(): void {
    if (isClosing) return;
    const free = [...children].filter((child) => child.isFree);
    for (const [id, request] of queue) {
      const child = free.pop();
      if (!child) break;
      queue.delete(id);
      const invocation = serve(child, id, request).finally(() => unfinished.delete(invocation));
      unfinished.add(invocation);
    }
    const starting = [...children].filter((child) => !child.hasStarted).length;
    if (queue.size > starting && children.size < limit) startSoon();
  }

  async function serve(child: FunctionChild, id: string, request: Request): Promise<void> {
    running.add(id);
    const end = await child.run(createOriginalEvent('originals', request.originalKey, request.recipe));
    running.delete(id);
    await takeIn(request, end).catch((error) => {
      logger.warn({ err: error }, 'the end of an invocation was not taken in; the sweep finds it');
    });
  }

  async function takeIn({ originalKey }: Request, end: InvocationEnd): Promise<void> {
    if (end.status === 'given up') return;
    if (end.status === 'failed') {
      await options.onFailure({ originalKey, reason: end.reason, detail: end.detail });
      return;
    }
    const { data: answer } = functionAnswerSchema.safeParse(end.answer);
    if (!answer || answer.results.some((result) => result.originalKey !== originalKey)) {
      await options.onFailure({ originalKey, reason: 'error', detail: 'an answer that cannot be understood' });
      return;
    }
    if (answer.missing.length > 0) logger.debug({ originalKey }, 'the original is gone');
    for (const result of answer.results) await options.onResult(result);
  }

  /** At once; after starts that failed, later each time. */
  function startSoon(): void {
    if (startTimer) return;
    const pause = failedStarts === 0 ? 0 : Math.min(1_000 * 2 ** (failedStarts - 1), maxStartPauseMilliseconds);
    startTimer = setTimeout(() => {
      startTimer = undefined;
      start();
      work();
    }, pause);
    startTimer.unref();
  }

  function start(): void {
    try {
      const child = startFunctionChild({ ...options, memoryMegabytes, startSeconds, idleSeconds, api, onFree });
      children.add(child);
      void child.exited.then((how) => {
        children.delete(child);
        if (!child.hasStarted && !isClosing) startFailed(how);
        work();
      });
    } catch (error) {
      startFailed(error instanceof Error ? error.message : String(error));
    }
  }

  function onFree(): void {
    failedStarts = 0;
    health = { status: 'ok' };
    work();
  }

  function startFailed(how: string): void {
    failedStarts += 1;
    health = { status: 'down', detail: how };
    logger.error({ detail: how }, 'the thumbnail function cannot be started; it is tried again');
  }

  return {
    invoke: async (request) => {
      const id = `${request.originalKey} ${request.recipe ? recipeId(request.recipe) : ''}`;
      if (isClosing || queue.has(id) || running.has(id)) return;
      const wasFull = isFull;
      isFull = queue.size >= maxQueued;
      if (!isFull) queue.set(id, request);
      else if (!wasFull) logger.warn({ queued: queue.size }, 'too many thumbnails wait; the sweep asks for more later');
      work();
    },
    health: () => ({ ...health, queued: queue.size + running.size }),
    /** What runs may end within ten seconds, and is given up then; what waits is the sweep's, after the next start. */
    close: async () => {
      isClosing = true;
      clearTimeout(startTimer);
      queue.clear();
      const grace = new AbortController();
      const tooLong = wait(closeGraceMilliseconds, undefined, { signal: grace.signal }).catch(() => {});
      await Promise.race([Promise.all(unfinished), tooLong]);
      grace.abort();
      for (const child of children) child.end();
      await Promise.all([...children].map((child) => child.exited));
      api.close();
    },
  };
}
