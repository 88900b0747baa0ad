import { spawn } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Duplex, Readable } from 'node:stream';
import type { Logger } from 'pino';
import { type Confinement, packagesOf } from './confinement.ts';
import { pipeDescriptor } from './decoder-wire.ts';

export interface DecoderFiles {
  /** Exports `makeThumbnails`; built by tools/build-lambda.mjs. */
  decoderFile: string;
  runtimeFile: string;
}

export interface ExitedProcess {
  signal: NodeJS.Signals | null;
  /** How it ended, and the last that it said of it. */
  text: string;
}

/** Below the server, so that a batch of thumbnails does not slow requests. */
const niceness = 10;
/** The kernel takes it before the server and the database when the machine's memory is used up. */
const oomScore = '500';
const maxLastWords = 300;

/** Starts the decoder's process. Throws, or exits at once, when that does not work. */
export function spawnDecoder(options: DecoderFiles & { confinement: Confinement; logger: Logger }) {
  const { decoderFile, runtimeFile, confinement, logger } = options;
  const readable = [dirname(runtimeFile), dirname(decoderFile), ...packagesOf(decoderFile)];
  const { file, args } = confinement.command(runtimeFile, [decoderFile], readable);
  const child = spawn(file, args, {
    // Nothing of the server's own.
    env: {
      NODE_ENV: 'production',
      // Fewer heaps for the decoder's threads: what one image took is there for the next.
      MALLOC_ARENA_MAX: '2',
      // Memory of one image is kept for the next, and not given back and asked for again page by page.
      MALLOC_MMAP_THRESHOLD_: '33554432',
      MALLOC_TRIM_THRESHOLD_: '67108864',
      // Never a temporary file, however large the picture.
      VIPS_DISC_THRESHOLD: '1000g',
      // Its threads would keep the rights that the process gives up.
      UV_USE_IO_URING: '0',
    },
    cwd: '/',
    // Ctrl+C reaches all processes of a terminal, also one that only begins to start: it is none of them.
    detached: true,
    // Its standard input is how it learns that this process has ended, however that came.
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  });
  let lastWords = '';
  const exited = new Promise<ExitedProcess>((resolve) => {
    child.once('error', (error) => resolve({ signal: null, text: error.message }));
    child.once('close', (code, signal) => {
      const how = signal ? `ended by ${signal}` : `ended with ${code}`;
      resolve({ signal, text: lastWords ? `${how}: ${lastWords}` : how });
    });
  });
  // Without a process there may be no streams.
  child.stdin?.on('error', () => {});
  const pipe = (child.stdio[pipeDescriptor] ?? null) as Duplex | null;
  pipe?.on('error', () => {});
  eachLine(child.stdout, (line) => logger.debug({ line }, 'decoder'));
  eachLine(child.stderr, (line) => {
    logger.debug({ line }, 'decoder');
    if (!/^\s*(at |$)|^Node\.js v/.test(line)) lastWords = line.slice(0, maxLastWords);
  });
  if (child.pid) {
    giveWay(child.pid);
    attempt(() => writeFileSync(`/proc/${child.pid}/oom_score_adj`, oomScore));
    lowerAutogroup(child.pid, 5);
  }
  return {
    pid: child.pid,
    pipe,
    exited,
    kill: () => {
      child.kill('SIGKILL');
      // Where the signal is not allowed, it ends by this.
      child.stdin?.destroy();
      pipe?.destroy();
    },
  };
}

function eachLine(input: Readable | null, use: (line: string) => void): void {
  if (input) createInterface({ input }).on('line', use);
}

/** Puts a process behind the server, with the threads that it has so far; each hands its priority on to those it starts. */
export function giveWay(pid: number): void {
  if (process.platform !== 'linux') {
    attempt(() => setPriority(pid, niceness));
    return;
  }
  attempt(() => {
    for (const thread of readdirSync(`/proc/${pid}/task`)) setPriority(Number(thread), niceness);
  });
}

/**
 * Where the kernel shares time by session (sched(7), "The autogroup feature"), the niceness of a process counts only
 * within its own session, which the decoder has for itself. The kernel takes ten such changes a second, and says "again".
 */
function lowerAutogroup(pid: number, attempts: number): void {
  try {
    writeFileSync(`/proc/${pid}/autogroup`, String(niceness));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || attempts === 0) return;
    setTimeout(() => lowerAutogroup(pid, attempts - 1), 150).unref();
  }
}

function attempt(change: () => void): void {
  try {
    change();
  } catch {
    // It has ended already, or the machine does not allow it.
  }
}
