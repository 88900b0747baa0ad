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
  /** It had the whole original. What ends it before that is likely no doing of the original. */
  readonly hadBegun: boolean;

  constructor(reason: InvocationFailure | 'given up', detail: string, { hadBegun = true } = {}) {
    super(detail);
    this.reason = reason;
    this.hadBegun = hadBegun;
  }
}

/** A child process that decodes one original at a time, within limits on time and memory. */
export interface DecoderChild {
  /** It waits for an original. */
  readonly isFree: boolean;
  /** It was free once: the decoder can be loaded. */
  readonly hasStarted: boolean;
  /** Keeps a free child for one original. */
  reserve(): DecoderReservation;
  /** Kills it. What it works on is given up. */
  end(): void;
  /** Resolves when the process is gone, with why in words. */
  readonly exited: Promise<string>;
}

/** The right to give a child one original, once. */
export interface DecoderReservation {
  /** Uses up the body. Rejects with a DecoderFailure, or with what the body failed with. */
  make(request: MakeRequest): Promise<MadeImages>;
  /** It is not needed. Does nothing when it was used: by then the child may be kept for another original. */
  release(): void;
}

/** An original that the child has, or is being sent. */
interface Work {
  body: Readable;
  /** Bytes that the child has yet to be sent. */
  unsent: number;
  /** It has said so; what it says before is no answer. */
  hasBegun: boolean;
  resolve(made: MadeImages): void;
  reject(failure: DecoderFailure): void;
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
  let reservation: DecoderReservation | null = null;
  let running: Work | null = null;
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
    } else if (reply.status === 'begun' && state === 'working' && running?.unsent === 0 && !running.hasBegun) {
      running.hasBegun = true;
    } else if (hasBegun() && (reply.status === 'made' || reply.status === 'failed')) {
      settle((work) => work.resolve(reply));
      becomeFree();
    } else if (hasBegun() && reply.status === 'error') {
      const reason = reply.name === 'OutOfMemory' ? 'out_of_memory' : 'error';
      fail(reason, reply.message);
      becomeFree();
    } else confused('an answer that nobody asked for');
  }

  function hasBegun(): boolean {
    return state === 'working' && running?.hasBegun === true;
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

  function settle(how: (work: Work) => void): void {
    const work = running;
    running = null;
    if (work) how(work);
  }

  function fail(reason: DecoderFailure['reason'], detail: string): void {
    settle((work) => {
      work.reject(new DecoderFailure(reason, detail, { hadBegun: work.hasBegun }));
      // Whoever waits for the rest of it goes on.
      work.body.destroy();
    });
  }

  function confused(detail: string): void {
    fail('error', detail);
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

  function reasonOf({ signal, text }: ExitedProcess): [DecoderFailure['reason'], string] {
    if (endedFor === 'closing') return ['given up', text];
    if (endedFor === 'timeout') return ['timeout', `not done after ${timeoutSeconds} seconds`];
    if (endedFor === 'out_of_memory') return ['out_of_memory', `more than ${memoryMegabytes} MB of memory`];
    if (stopSignals.includes(signal)) return ['error', text];
    // Whoever else kills from outside is the kernel, for memory.
    return [signal === 'SIGKILL' ? 'out_of_memory' : 'crash', text];
  }

  /** Also where the answer is there before the body's end: that may still say that the bytes were wrong. */
  async function send(work: Work, signal: AbortSignal): Promise<void> {
    const { body } = work;
    signal.addEventListener('abort', () => body.destroy(signal.reason), { once: true });
    for await (const chunk of body as AsyncIterable<Buffer>) {
      if (chunk.length > work.unsent) throw new Error('the object is longer than the store said');
      // Before it is written: the answer may come before this goes on.
      work.unsent -= chunk.length;
      await new Promise((resolve) => child.pipe?.write(chunk, resolve) ?? resolve(null));
    }
    if (work.unsent > 0) throw new Error('the object is shorter than the store said');
  }

  async function make({ body, bytes, recipe, maxPixels, inTime }: MakeRequest): Promise<MadeImages> {
    const work: Work = { body, unsent: bytes, hasBegun: false, resolve: () => {}, reject: () => {} };
    const made = new Promise<MadeImages>((resolve, reject) => Object.assign(work, { resolve, reject }));
    made.catch(() => {});
    running = work;
    state = 'working';
    child.pipe?.write(head({ recipe, maxPixels, bytes }));
    try {
      await inTime((signal) => send(work, signal));
    } catch (error) {
      // It waits for bytes that do not come.
      if (running === work) {
        running = null;
        end('body');
      }
      // Where the child ended first, the body broke off for that.
      else await made;
      throw error;
    } finally {
      body.destroy();
    }
    if (running === work) limit('timeout', timeoutSeconds * 1000);
    return made;
  }

  function reserve(): DecoderReservation {
    if (state !== 'free') throw new Error('this child is not free');
    clearTimeout(timer);
    state = 'reserved';
    const own: DecoderReservation = {
      make: async (request) => {
        if (reservation !== own || state !== 'reserved') {
          request.body.destroy();
          throw new DecoderFailure('error', 'the decoder ended before it began', { hadBegun: false });
        }
        reservation = null;
        return make(request);
      },
      release: () => {
        if (reservation !== own) return;
        reservation = null;
        if (state === 'reserved') becomeFree();
      },
    };
    reservation = own;
    return own;
  }

  return {
    get isFree() {
      return state === 'free';
    },
    get hasStarted() {
      return hasStarted;
    },
    reserve,
    end: () => end('closing'),
    exited: child.exited.then((exited) => {
      clearTimeout(timer);
      clearInterval(memoryWatch);
      state = 'ending';
      fail(...reasonOf(exited));
      logger.debug({ endedFor, how: exited.text }, 'a decoder has ended');
      return startError ?? (endedFor === 'start' ? 'it does not come to its start' : exited.text);
    }),
  };
}
