import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const root = join(import.meta.dirname, '../..');

export interface RunningService {
  url: string;
  process: ChildProcess;
  /** What it has written so far, standard output and error together. */
  output(): string;
  /** Ends it by the signal and resolves when it has ended. */
  end(signal?: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

export interface ServiceOptions {
  dataDirectory: string;
  port?: number;
  environment?: Record<string, string>;
}

/** Starts the service as `npm start` does, in a process of its own, and waits until it is ready. */
export async function runService({ dataDirectory, port, environment }: ServiceOptions): Promise<RunningService> {
  const listenOn = port ?? (await freePort());
  const child = spawn(process.execPath, [join(root, 'tools/start.mjs')], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      PORT: String(listenOn),
      DATA_DIR: dataDirectory,
      LOG_LEVEL: 'warn',
      ADMIN_PASSWORD: adminPassword,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: string[] = [];
  child.stdout?.on('data', (chunk) => chunks.push(String(chunk)));
  child.stderr?.on('data', (chunk) => chunks.push(String(chunk)));
  const ended = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
  const service: RunningService = {
    url: `http://127.0.0.1:${listenOn}`,
    process: child,
    output: () => chunks.join(''),
    end: async (signal = 'SIGTERM') => {
      child.kill(signal);
      return ended;
    },
  };
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline && child.exitCode === null) {
    const answer = await fetch(`${service.url}/readyz`).catch(() => null);
    if (answer?.ok) return service;
    await sleep(50);
  }
  await service.end('SIGKILL');
  throw new Error(`the service was not ready:\n${service.output()}`);
}

export const adminPassword = 'a long enough password for tests';

export async function logIn(url: string, username = 'admin', password = adminPassword): Promise<string> {
  const answer = await fetch(`${url}/token/`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username, password }),
  });
  if (!answer.ok) throw new Error(`no token: ${answer.status} ${await answer.text()}`);
  return (await answer.json()).access;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}
