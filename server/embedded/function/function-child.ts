import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { setPriority } from 'node:os';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Logger } from 'pino';
import type { S3Event } from '../../../core/thumbnails/function-event.ts';
import type { InvocationFailure } from '../../thumbnailing/function-invoker.ts';
import { residentBytes } from './resident-bytes.ts';

export interface FunctionChildOptions {
  secret: string;
  /** Of the runtime API, for this child alone. */
  apiAddress: string;
  runtimeFile: string;
  handlerFile: string;
  /** All that the function may know; nothing of the server's own environment comes along. */
  environment: Record<string, string>;
  memoryMegabytes: number;
  timeoutSeconds: number;
  idleSeconds: number;
  logger: Logger;
  onExit(child: FunctionChild): void;
}

const memoryWatchMilliseconds = 100;
/** Loading the function takes well below a second on an idle machine. */
const startMilliseconds = 30_000;
/** Below the server, so that a batch of thumbnails does not slow requests. */
const niceness = 10;
const maxLastWords = 300;
const oomScore = '500';

/** One child process and the invocation that it works on. It is ended when it takes too long or too much memory. */
export class FunctionChild {
  readonly secret: string;
  /** Asked for an invocation at least once: it can start. */
  hasStarted = false;
  /** How it was ended, when it was ended by us. */
  endedFor: InvocationFailure | 'start' | 'idle' | 'closing' | null = null;
  exitCode: number | null = null;
  exitSignal: NodeJS.Signals | null = null;
  requestId: string | null = null;
  /** The last line on its standard error. */
  lastWords: string | null = null;
  /** Resolves when the process is gone. */
  readonly exited: Promise<void>;
  private readonly process: ChildProcess;
  private readonly options: FunctionChildOptions;
  private waiting: ServerResponse | null = null;
  private timer: NodeJS.Timeout | undefined;
  private readonly memoryWatch: NodeJS.Timeout;

  constructor(options: FunctionChildOptions) {
    const { logger, environment, apiAddress, runtimeFile, handlerFile } = options;
    this.options = options;
    this.secret = options.secret;
    this.process = spawn(process.execPath, ['--enable-source-maps', runtimeFile], {
      env: {
        ...environment,
        NODE_ENV: 'production',
        // Fewer heaps for the decoder's threads: what one image took is there for the next.
        MALLOC_ARENA_MAX: '2',
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(options.memoryMegabytes),
        AWS_LAMBDA_RUNTIME_API: apiAddress,
        DARKROOM_HANDLER_FILE: handlerFile,
      },
      cwd: dirname(runtimeFile),
      // Its standard input is how it learns that this process has ended, however that came.
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.process.stdin?.on('error', () => {});
    for (const stream of [this.process.stdout, this.process.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on('line', (line) => {
        logger.debug({ line }, 'thumbnail function');
        if (stream === this.process.stderr && line.trim()) this.lastWords = line.slice(0, maxLastWords);
      });
    }
    if (this.process.pid) giveWay(this.process.pid);
    this.timer = setTimeout(() => this.end('start'), startMilliseconds);
    this.timer.unref();
    this.memoryWatch = setInterval(() => void this.watchMemory(), memoryWatchMilliseconds);
    this.memoryWatch.unref();
    this.exited = new Promise((resolve) => {
      const end = (code: number | null, signal: NodeJS.Signals | null) => {
        this.tidy(code, signal);
        resolve();
      };
      this.process.once('error', (error) => {
        logger.error({ err: error }, 'the thumbnail function cannot be started');
        end(null, null);
      });
      this.process.once('exit', end);
    });
  }

  get isFree(): boolean {
    return this.waiting !== null;
  }

  /** It asks for work. It ends by itself when there is none for long. */
  wait(res: ServerResponse): void {
    this.hasStarted = true;
    this.requestId = null;
    if (this.endedFor) return;
    clearTimeout(this.timer);
    this.waiting = res;
    res.once('close', () => {
      if (this.waiting === res) this.waiting = null;
    });
    this.timer = setTimeout(() => this.end('idle'), this.options.idleSeconds * 1000);
    this.timer.unref();
  }

  /** Hands out an invocation; its id is in `requestId` until the child asks for the next. */
  invoke(event: S3Event): void {
    const res = this.waiting;
    if (!res) throw new Error('this child is not free');
    this.waiting = null;
    this.requestId = randomUUID();
    const milliseconds = this.options.timeoutSeconds * 1000;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.end('timeout'), milliseconds);
    res.writeHead(200, {
      'Content-Type': 'application/json',
      'Lambda-Runtime-Aws-Request-Id': this.requestId,
      'Lambda-Runtime-Deadline-Ms': String(Date.now() + milliseconds),
      'Lambda-Runtime-Invoked-Function-Arn': 'arn:aws:lambda:local:000000000000:function:darkroom-thumbnails',
    });
    res.end(JSON.stringify(event));
  }

  end(reason: NonNullable<FunctionChild['endedFor']>): void {
    this.endedFor ??= reason;
    this.waiting = null;
    this.process.kill('SIGKILL');
  }

  private async watchMemory(): Promise<void> {
    const bytes = this.process.pid ? await residentBytes(this.process.pid) : null;
    if (bytes !== null && bytes > this.options.memoryMegabytes * 1024 * 1024) this.end('out_of_memory');
  }

  private tidy(code: number | null, signal: NodeJS.Signals | null): void {
    clearTimeout(this.timer);
    clearInterval(this.memoryWatch);
    this.waiting = null;
    this.exitCode = code;
    this.exitSignal = signal;
    this.options.onExit(this);
  }
}

/** The server comes first: for the processor, and when the machine's memory is used up. */
function giveWay(pid: number): void {
  try {
    setPriority(pid, niceness);
    if (process.platform === 'linux') writeFileSync(`/proc/${pid}/oom_score_adj`, oomScore);
  } catch {
    // It has ended already, or the machine does not allow it.
  }
}
