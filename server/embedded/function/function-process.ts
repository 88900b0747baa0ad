import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Logger } from 'pino';

export interface FunctionFiles {
  /** Built by tools/build-lambda.mjs. */
  handlerFile: string;
  runtimeFile: string;
  /** All that the function may know; nothing of the server's own environment comes along. */
  environment: Record<string, string>;
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

/** Starts the function's process. Throws, or exits at once, when that does not work. */
export function spawnFunction(
  options: FunctionFiles & { apiAddress: string; memoryMegabytes: number; logger: Logger },
) {
  const { handlerFile, runtimeFile, environment, apiAddress, memoryMegabytes, logger } = options;
  const child: ChildProcess = spawn(process.execPath, [runtimeFile], {
    env: {
      ...environment,
      NODE_ENV: 'production',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      // Fewer heaps for the decoder's threads: what one image took is there for the next.
      MALLOC_ARENA_MAX: '2',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMegabytes),
      AWS_LAMBDA_RUNTIME_API: apiAddress,
      DARKROOM_HANDLER_FILE: handlerFile,
    },
    cwd: dirname(runtimeFile),
    // Ctrl+C reaches all processes of a terminal, also one that only begins to start: it is none of them.
    detached: true,
    // Its standard input is how it learns that this process has ended, however that came.
    stdio: ['pipe', 'pipe', 'pipe'],
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
  eachLine(child.stdout, (line) => logger.debug({ line }, 'thumbnail function'));
  eachLine(child.stderr, (line) => {
    logger.debug({ line }, 'thumbnail function');
    if (!/^\s*(at |$)|^Node\.js v/.test(line)) lastWords = line.slice(0, maxLastWords);
  });
  if (child.pid) giveWay(child.pid);
  return { pid: child.pid, exited, kill: () => void child.kill('SIGKILL') };
}

function eachLine(input: Readable | null, use: (line: string) => void): void {
  if (input) createInterface({ input }).on('line', use);
}

function giveWay(pid: number): void {
  try {
    setPriority(pid, niceness);
    if (process.platform === 'linux') writeFileSync(`/proc/${pid}/oom_score_adj`, oomScore);
  } catch {
    // It has ended already, or the machine does not allow it.
  }
}
