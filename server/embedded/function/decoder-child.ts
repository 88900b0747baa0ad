import type { Readable } from 'node:stream';
import type { Logger } from 'pino';
import type { InTime } from '../../../core/async/in-time.ts';
import type { MadeImages } from '../../../core/thumbnails/made-images.ts';
import type { Recipe } from '../../../core/thumbnails/recipe.ts';
import type { InvocationFailure } from '../../thumbnailing/function-invoker.ts';
import type { Confinement } from './confinement.ts';
import { type DecoderFiles, type ExitedProcess, giveWay, spawnDecoder } from './decoder-process.ts';
import { head } from './decoder-wire.ts';
import { createReplyReader, type WholeReply } from './reply-reader.ts';
import { residentBytes, residentBytesNow } from './resident-bytes.ts';

export interface DecoderChildOptions extends DecoderFiles {
  confinement: Confinement;
  memoryMegabytes: number;
  timeoutSeconds: number;
  /** How long it may take to load the decoder. */
  startSeconds: number;
  /** How long it is kept without work. */
  idleSeconds: number;
  logger: Logger;
  /** It can be given an original. */
  onFree(): void;
}

export interface MakeRequest {
  body: Readable;
  bytes: number;
  recipe: Recipe;
  maxPixels: number;
  /** For the body, which comes from the store. */
  inTime: InTime;
}

/** A child ended, or answered that it could not, while it worked on an original. */
export class DecoderFailure extends Error {
  override readonly name = 'DecoderFailure';
  /** `given up`: it was ended by us, through no fault of the original. */
  readonly reason: InvocationFailure | 'given up';

  constructor(reason: InvocationFailure | 'given up', detail: string) {
    super(detail);
    this.reason = reason;
  }
}

/** A child process that decodes one original at a time, within limits on time and memory. */
export interface DecoderChild {
  /** It waits for an original. */
  readonly isFree: boolean;
  /** It was free once: the decoder can be loaded. */
  readonly hasStarted: boolean;
  /** Keeps a free child for one original. */
  reserve(): void;
  /** What was reserved is not needed. */
  release(): void;
  /** Uses up the body. Rejects with a DecoderFailure, or with what the body failed with. */
  make(request: MakeRequest): Promise<MadeImages>;
  /** Kills it. What it works on is given up. */
  end(): void;
  /** Resolves when the process is gone, with why in words. */
  readonly exited: Promise<string>;
}

type Ending = 'timeout' | 'out_of_memory' | 'start' | 'confused' | 'body' | 'idle' | 'full' | 'closing';

const memoryWatchMilliseconds = process.platform === 'linux' ? 100 : 1_000;
/** Sent by whoever stops the server and all its processes; no doing of an original. */
const stopSignals: (NodeJS.Signals | null)[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Throws when no process can be started. */
export function startDecoderChild(options: DecoderChildOptions): DecoderChild {
  const { confinement, logger, memoryMegabytes, timeoutSeconds, startSeconds, idleSeconds, onFree } = options;
  let state: 'loading' | 'free' | 'reserved' | 'working' | 'ending' = 'loading';
  let hasStarted = false;
  let startError: string | undefined;
  let running: { resolve(made: MadeImages): void; reject(failure: DecoderFailure): void } | null = null;
  /** The original is not there whole: no answer can be one. */
  let isSending = false;
  let residentBefore = 0;
  let endedFor: Ending | null = null;
  let timer: NodeJS.Timeout | undefined;

  const child = spawnDecoder(options);
  const reader = createReplyReader(take);
  child.pipe?.on('data', (chunk: Buffer) => {
    if (state === 'ending') return;
    try {
      reader.push(chunk);
    } catch (error) {
      logger.warn({ err: error }, 'a decoder answered what cannot be understood');
      confused('an answer that cannot be understood');
    }
  });
  const memoryWatch = setInterval(() => void watchMemory(), memoryWatchMilliseconds);
  memoryWatch.unref();
  limit('start', startSeconds * 1000);

  function take(reply: WholeReply): void {
    if (reply.status === 'loaded' && state === 'loading' && !hasStarted) void confine();
    else if (reply.status === 'unfit' && state === 'loading') startError = reply.message;
    else if (reply.status === 'ready' && state === 'loading') {
      hasStarted = true;
      becomeFree();
    } else if (state === 'working' && !isSending && (reply.status === 'made' || reply.status === 'failed')) {
      settle((work) => work.resolve(reply));
      becomeFree();
    } else if (state === 'working' && !isSending && reply.status === 'error') {
      const reason = reply.name === 'OutOfMemory' ? 'out_of_memory' : 'error';
      settle((work) => work.reject(new DecoderFailure(reason, reply.message)));
      becomeFree();
    } else confused('an answer that nobody asked for');
  }

  async function confine(): Promise<void> {
    if (!child.pid) return;
    try {
      giveWay(child.pid);
      await confinement.closeFiles(child.pid);
      child.pipe?.write(head({ account: confinement.account }));
    } catch (error) {
      startError = `its files cannot be closed: ${error instanceof Error ? error.message : error}`;
      end('start');
    }
  }

  function becomeFree(): void {
    // A decoder gives little memory back: one that holds much of it makes room for a new one between two images.
    const resident = (child.pid && residentBytesNow(child.pid)) ?? residentBefore;
    if (resident > (memoryMegabytes * 1024 * 1024) / 2) {
      end('full');
      return;
    }
    state = 'free';
    limit('idle', idleSeconds * 1000);
    onFree();
  }

  function limit(ending: Ending, milliseconds: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => end(ending), milliseconds);
    timer.unref();
  }

  function settle(how: (work: NonNullable<typeof running>) => void): void {
    const work = running;
    running = null;
    if (work) how(work);
  }

  function confused(detail: string): void {
    settle((work) => work.reject(new DecoderFailure('error', detail)));
    end('confused');
  }

  function end(ending: Ending): void {
    endedFor ??= ending;
    state = 'ending';
    child.kill();
  }

  async function watchMemory(): Promise<void> {
    const watched = running;
    if (!watched || !child.pid) return;
    const bytes = await residentBytes(child.pid);
    residentBefore = bytes ?? 0;
    // It may have ended meanwhile, and the next one have begun.
    if (running === watched && bytes !== null && bytes > memoryMegabytes * 1024 * 1024) end('out_of_memory');
  }

  function failureBy({ signal, text }: ExitedProcess): DecoderFailure {
    if (endedFor === 'closing') return new DecoderFailure('given up', text);
    if (endedFor === 'timeout') return new DecoderFailure('timeout', `not done after ${timeoutSeconds} seconds`);
    if (endedFor === 'out_of_memory') {
      return new DecoderFailure('out_of_memory', `more than ${memoryMegabytes} MB of memory`);
    }
    if (stopSignals.includes(signal)) return new DecoderFailure('error', text);
    // Whoever else kills from outside is the kernel, for memory.
    return new DecoderFailure(signal === 'SIGKILL' ? 'out_of_memory' : 'crash', text);
  }

  /** Resolves early when the child is gone: what became of it is the answer. */
  async function send(body: Readable, bytes: number, signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => body.destroy(signal.reason), { once: true });
    let sent = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      sent += chunk.length;
      if (sent > bytes) throw new Error('the object is longer than the store said');
      await new Promise((resolve) => child.pipe?.write(chunk, resolve) ?? resolve(null));
      if (!running) return;
    }
    if (sent < bytes) throw new Error('the object is shorter than the store said');
  }

  return {
    get isFree() {
      return state === 'free';
    },
    get hasStarted() {
      return hasStarted;
    },
    reserve: () => {
      if (state !== 'free') throw new Error('this child is not free');
      clearTimeout(timer);
      state = 'reserved';
    },
    release: () => {
      if (state === 'reserved') becomeFree();
    },
    make: async ({ body, bytes, recipe, maxPixels, inTime }) => {
      const made = new Promise<MadeImages>((resolve, reject) => {
        running = { resolve, reject };
      });
      made.catch(() => {});
      if (state === 'reserved') {
        state = 'working';
        child.pipe?.write(head({ recipe, maxPixels, bytes }));
      } else settle((work) => work.reject(new DecoderFailure('error', 'the decoder ended before it began')));
      const work = running;
      try {
        isSending = true;
        await inTime((signal) => send(body, bytes, signal));
      } catch (error) {
        // It waits for bytes that do not come.
        if (running && running === work) {
          running = null;
          end('body');
          throw error;
        }
      } finally {
        isSending = false;
        body.destroy();
      }
      if (running && running === work) limit('timeout', timeoutSeconds * 1000);
      return made;
    },
    end: () => end('closing'),
    exited: child.exited.then((exited) => {
      clearTimeout(timer);
      clearInterval(memoryWatch);
      state = 'ending';
      settle((work) => work.reject(failureBy(exited)));
      logger.debug({ endedFor, how: exited.text }, 'a decoder has ended');
      return startError ?? (endedFor === 'start' ? 'it does not come to its start' : exited.text);
    }),
  };
}
