import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import { inTimeOf } from '../../core/async/in-time.ts';
import type { ObjectStore } from '../../core/storage/object-store.ts';
import { type Recipe, recipeId } from '../../core/thumbnails/recipe.ts';
import { presetMaxOriginalBytes, thumbnailOriginal } from '../../core/thumbnails/thumbnail-original.ts';
import type {
  FunctionEnds,
  FunctionHealth,
  FunctionInvoker,
  InvocationRequest,
} from '../thumbnailing/function-invoker.ts';
import { checkMade } from './function/check-made.ts';
import { chooseConfinement, type Layers } from './function/confinement.ts';
import {
  type DecoderChild,
  DecoderFailure,
  type DecoderReservation,
  startDecoderChild,
} from './function/decoder-child.ts';
import type { DecoderFiles } from './function/decoder-process.ts';
import { functionLimits } from './function/function-limits.ts';
import { createOwnerQueue } from './function/owner-queue.ts';

export interface LocalFunctionRunnerOptions extends DecoderFiles, FunctionEnds {
  store: ObjectStore;
  /** Of an original. */
  maxPixels: number;
  /** Children at once; null: what the machine has room for. */
  concurrency: number | null;
  /** Of each child; null: what the machine has room for. */
  memoryMegabytes: number | null;
  /** For each original: once to get it from the store, once to decode it. */
  timeoutSeconds: number;
  /** How long a child may take to load the decoder: well below a second on an idle machine. */
  startSeconds?: number;
  /** How long a child without work is kept. */
  idleSeconds?: number;
  /** Requests that wait; more are dropped, and asked again by the sweep. */
  maxQueued?: number;
  /** The tests take some away. */
  layers?: Partial<Layers>;
  logger: Logger;
}

const maxStartPauseMilliseconds = 30_000;
const closeGraceMilliseconds = 10_000;
/** How often an original is given to another child when the first ended before it had all of it. */
const maxRestarts = 2;

interface Waiting extends InvocationRequest {
  restarts: number;
}

/**
 * The thumbnail function without AWS: the same decoder in child processes that have nothing else. The server gets the
 * original from the store, hands its bytes over a pipe, and writes what comes back. Time and memory of a child are
 * limited; one that breaks is blamed on the one original that it worked on, and is replaced.
 */
export async function createLocalFunctionRunner(options: LocalFunctionRunnerOptions): Promise<FunctionInvoker> {
  const { store, maxPixels, timeoutSeconds, logger, maxQueued = 1_000, startSeconds = 30, idleSeconds = 60 } = options;
  const { concurrency: limit, memoryMegabytes } = functionLimits(options);
  const confinement = await chooseConfinement(options.layers);
  const { missing } = confinement;
  if (missing.length > 0) {
    logger.warn({ missing }, 'this system cannot give the decoder every protection (docs/operations.md says which)');
  }
  const children = new Set<DecoderChild>();
  const queue = createOwnerQueue<Waiting>(maxQueued);
  const running = new Set<string>();
  /** Originals in work, and ends of some that are being taken in. */
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
    // A child is free as soon as it has answered, while the server still writes; where that takes longer, it waits.
    while (free.length > 0 && unfinished.size < 2 * limit) {
      const next = queue.take();
      const child = free.pop();
      if (!next || !child) break;
      const invocation = serve(child, next.id, next.item).finally(() => {
        unfinished.delete(invocation);
        work();
      });
      unfinished.add(invocation);
    }
    const starting = [...children].filter((child) => !child.hasStarted).length;
    if (queue.size > starting && children.size < limit) startSoon();
  }

  async function serve(child: DecoderChild, id: string, request: Waiting): Promise<void> {
    running.add(id);
    const tell = await thumbnail(child.reserve(), id, request);
    running.delete(id);
    await tell().catch((error) => {
      logger.warn({ err: error }, 'the end of an invocation was not taken in; the sweep finds it');
    });
  }

  /** Answers what is to be told of its end. */
  async function thumbnail(decoder: DecoderReservation, id: string, request: Waiting): Promise<() => Promise<unknown>> {
    const { originalKey, recipe } = request;
    const inTime = inTimeOf(timeoutSeconds * 1000);
    const make = async ({ body, bytes }: Parameters<Parameters<typeof thumbnailOriginal>[0]['make']>[0], of: Recipe) =>
      checkMade(await decoder.make({ body, bytes, recipe: of, maxPixels, inTime }), of);
    try {
      const deps = { store, make, maxOriginalBytes: presetMaxOriginalBytes, log: logDebug };
      const outcome = await thumbnailOriginal(deps, inTime, { originalKey, recipe });
      if (outcome && 'resultKey' in outcome) {
        const { resultKey, result } = outcome;
        return () => options.onResult({ resultKey, ...(result ? { result } : {}) });
      }
      if (outcome) logger.debug({ originalKey }, 'the original is gone');
      return async () => {};
    } catch (error) {
      const { reason, hadBegun } =
        error instanceof DecoderFailure ? error : ({ reason: 'error', hadBegun: true } as const);
      if (reason === 'given up') return async () => {};
      const detail = error instanceof Error ? error.message : String(error);
      const tell = () => options.onFailure({ originalKey, reason, detail });
      return hadBegun ? tell : async () => restart(id, request) || tell();
    } finally {
      decoder.release();
    }
  }

  /** Its child ended, likely for what it did before: another one is asked, and the original is not blamed. */
  function restart(id: string, { restarts, ...request }: Waiting): boolean {
    if (restarts >= maxRestarts) return false;
    queue.add(request.ownerId ?? '', id, { ...request, restarts: restarts + 1 });
    return queue.has(id);
  }

  function logDebug(fields: Record<string, unknown>): void {
    logger.debug(fields, 'thumbnail function');
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
      const child = startDecoderChild({
        ...options,
        confinement,
        memoryMegabytes,
        startSeconds,
        idleSeconds,
        onFree,
      });
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
      isFull = !queue.add(request.ownerId ?? '', id, { ...request, restarts: 0 });
      if (isFull && !wasFull)
        logger.warn({ queued: queue.size }, 'too many thumbnails wait; the sweep asks for more later');
      work();
    },
    health: () => ({ ...health, queued: queue.size + running.size, missingProtections: missing }),
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
    },
  };
}
