import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { setPriority } from 'node:os';
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

const memoryWatchMilliseconds = 200;
/** Below the server, so that a batch of thumbnails does not slow requests. */
const niceness = 10;

/** One child process and the invocation that it works on. It is ended when it takes too long or too much memory. */
export class FunctionChild {
  readonly secret: string;
  /** Asked for an invocation at least once: it can start. */
  hasStarted = false;
  /** How it was ended, when it was ended by us. */
  endedFor: InvocationFailure | 'idle' | 'closing' | null = null;
  exitCode: number | null = null;
  exitSignal: NodeJS.Signals | null = null;
  requestId: string | null = null;
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
        ...pathOnly(),
        ...environment,
        NODE_ENV: 'production',
        AWS_LAMBDA_RUNTIME_API: apiAddress,
        DARKROOM_HANDLER_FILE: handlerFile,
      },
      // Its standard input is how it learns that this process has ended, however that came.
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.process.stdin?.on('error', () => {});
    for (const stream of [this.process.stdout, this.process.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => logger.debug({ line }, 'thumbnail function'));
    }
    if (this.process.pid) lowerPriority(this.process.pid);
    this.memoryWatch = setInterval(() => void this.watchMemory(), memoryWatchMilliseconds);
    this.memoryWatch.unref();
    this.process.once('error', (error) => {
      logger.error({ err: error }, 'the thumbnail function cannot be started');
      this.exited(null, null);
    });
    this.process.once('exit', (code, signal) => this.exited(code, signal));
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

  private exited(code: number | null, signal: NodeJS.Signals | null): void {
    clearTimeout(this.timer);
    clearInterval(this.memoryWatch);
    this.waiting = null;
    this.exitCode = code;
    this.exitSignal = signal;
    this.options.onExit(this);
  }
}

function lowerPriority(pid: number): void {
  try {
    setPriority(pid, niceness);
  } catch {
    // It has ended already.
  }
}

function pathOnly(): Record<string, string> {
  const { PATH } = process.env;
  return PATH ? { PATH } : {};
}
