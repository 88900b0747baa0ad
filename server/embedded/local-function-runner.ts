import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type { Logger } from 'pino';
import { createOriginalEvent, type FunctionAnswer } from '../../core/thumbnails/function-event.ts';
import { type Recipe, recipeId } from '../../core/thumbnails/recipe.ts';
import type { FunctionHealth, FunctionInvoker, InvocationFailure } from '../thumbnailing/function-invoker.ts';
import { FunctionChild } from './function/function-child.ts';
import { startRuntimeApi } from './function/runtime-api.ts';

export interface LocalFunctionRunnerOptions {
  /** Built by tools/build-lambda.mjs. */
  handlerFile: string;
  runtimeFile: string;
  /** The function's whole environment. */
  environment: Record<string, string>;
  /** Children at once; null: by the number of cores, two at most. */
  concurrency: number | null;
  memoryMegabytes: number;
  timeoutSeconds: number;
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
  const { logger, maxQueued = 1_000, idleSeconds = 60 } = options;
  const limit = options.concurrency ?? Math.min(2, availableParallelism());
  const queue = new Map<string, Request>();
  const running = new Map<FunctionChild, Request>();
  const children = new Map<string, FunctionChild>();
  let failedStarts = 0;
  let dropped = 0;
  let lastFault: string | undefined;
  let startTimer: NodeJS.Timeout | undefined;
  let isClosing = false;
  let onQuiet = () => {};

  const api = await startRuntimeApi({
    next: (secret, res) => {
      const child = children.get(secret);
      if (!child) return void res.writeHead(404).end();
      failedStarts = 0;
      child.wait(res);
      work();
    },
    response: (secret, requestId, answer) => {
      const request = take(secret, requestId);
      if (request) settle(request, answer as FunctionAnswer);
    },
    error: (secret, requestId, error) => {
      const request = take(secret, requestId);
      if (request) fail(request, error.errorType === 'OutOfMemory' ? 'out_of_memory' : 'error', error.errorMessage);
    },
    initError: (_secret, error) => {
      lastFault = error.errorMessage;
      logger.error({ detail: lastFault }, 'the thumbnail function cannot be started');
    },
  });

  function take(secret: string, requestId: string): Request | undefined {
    const child = children.get(secret);
    if (!child || child.requestId !== requestId) return undefined;
    const request = running.get(child);
    running.delete(child);
    if (running.size === 0) onQuiet();
    return request;
  }

  function settle(request: Request, answer: FunctionAnswer): void {
    lastFault = undefined;
    for (const result of answer?.results ?? []) {
      options.onResult(result).catch((error) => {
        logger.warn({ err: error, resultKey: result.resultKey }, 'a result was not taken in; the sweep finds it');
      });
    }
    if (answer?.missing?.length) logger.debug({ request: request.originalKey }, 'the original is gone');
  }

  function fail({ originalKey }: Request, reason: InvocationFailure, detail?: string): void {
    options.onFailure({ originalKey, reason, ...(detail ? { detail } : {}) }).catch((error) => {
      logger.warn({ err: error }, 'the end of an invocation was not noted; the sweep asks again');
    });
  }

  /** Hands what waits to who is free, and starts another child when there is more of it. */
  function work(): void {
    if (isClosing) return;
    const free = [...children.values()].filter((child) => child.isFree);
    for (const [id, request] of queue) {
      const child = free.pop();
      if (!child) break;
      queue.delete(id);
      running.set(child, request);
      child.invoke(createOriginalEvent('originals', request.originalKey, request.recipe));
    }
    const starting = [...children.values()].filter((child) => !child.hasStarted).length;
    if (queue.size > starting && children.size < limit && !startTimer) startChild();
  }

  function startChild(): void {
    const pause = failedStarts === 0 ? 0 : Math.min(1_000 * 2 ** (failedStarts - 1), maxStartPauseMilliseconds);
    startTimer = setTimeout(() => {
      startTimer = undefined;
      if (isClosing) return;
      const secret = randomBytes(16).toString('hex');
      const apiAddress = api.addressFor(secret);
      children.set(secret, new FunctionChild({ ...options, idleSeconds, secret, apiAddress, onExit }));
      work();
    }, pause);
    startTimer.unref();
  }

  function onExit(child: FunctionChild): void {
    children.delete(child.secret);
    const request = running.get(child);
    running.delete(child);
    if (!child.hasStarted) {
      failedStarts += 1;
      lastFault ??= `it ends before it is ready (${exitText(child)})`;
    }
    if (request && child.endedFor !== 'closing') fail(request, reasonOf(child), exitText(child));
    if (running.size === 0) onQuiet();
    if (queue.size > 0) work();
  }

  return {
    invoke: async (request) => {
      if (isClosing) return;
      const id = idOf(request);
      if (queue.has(id) || [...running.values()].some((other) => idOf(other) === id)) return;
      if (queue.size >= maxQueued) {
        if (dropped === 0)
          logger.warn({ queued: queue.size }, 'too many thumbnails wait; the sweep asks for more later');
        dropped += 1;
        return;
      }
      dropped = 0;
      queue.set(id, request);
      work();
    },
    health: (): FunctionHealth => ({
      status: failedStarts > 0 ? 'down' : 'ok',
      queued: queue.size + running.size,
      ...(lastFault ? { detail: lastFault } : {}),
    }),
    close: async () => {
      isClosing = true;
      clearTimeout(startTimer);
      queue.clear();
      for (const child of children.values()) if (!running.has(child)) child.end('closing');
      if (running.size > 0) {
        await new Promise<void>((resolve) => {
          onQuiet = resolve;
          setTimeout(resolve, closeGraceMilliseconds).unref();
        });
      }
      for (const child of children.values()) child.end('closing');
      await Promise.all([...children.values()].map((child) => child.exited));
      api.close();
    },
  };
}

function idOf({ originalKey, recipe }: Request): string {
  return `${originalKey} ${recipe ? recipeId(recipe) : ''}`;
}

function reasonOf({ endedFor, exitSignal }: FunctionChild): InvocationFailure {
  if (endedFor === 'timeout' || endedFor === 'out_of_memory') return endedFor;
  // Whoever kills from outside is the kernel, for memory.
  return exitSignal === 'SIGKILL' ? 'out_of_memory' : 'crash';
}

function exitText({ exitCode, exitSignal, lastWords }: FunctionChild): string {
  const end = exitSignal ? `ended by ${exitSignal}` : `ended with ${exitCode}`;
  return lastWords ? `${end}: ${lastWords}` : end;
}
