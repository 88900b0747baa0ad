import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { adminPassword } from '../tests/support/log-in.ts';
import { freePort } from '../tests/support/run-darkroom.ts';
import { type ProcessorTime, processorTime, type ServiceProcesses, serviceProcesses } from './processes.ts';

export interface ServiceOptions {
  /** The checkout that is measured. */
  root: string;
  /** Where its data folder is made; on the disk that is meant. */
  directory: string;
  env?: Record<string, string>;
}

export interface Service {
  url: string;
  port: number;
  pid: number;
  dataDirectory: string;
  /** Of its database, as the role of the service, or as superuser. */
  databaseUrl(as: 'owner' | 'superuser'): string;
  processes(): ServiceProcesses;
  processorTime(): ProcessorTime;
  /** A process of PostgreSQL that works for the bench, and so is not counted. */
  leaveOut(pid: number): void;
  /** Ends it in order; its data stays. */
  stop(): Promise<void>;
  /** From the start of the process to the first answer of /readyz. */
  startMilliseconds: number;
}

const countSyncs = new URL('./count-syncs.mjs', import.meta.url).href;

/** Where a service counts its fsyncs while this file is there. */
export const syncsFile = (service: Pick<Service, 'dataDirectory'>) => `${service.dataDirectory}.syncs`;

/** A new folder for a service. */
export const newDataFolder = (directory: string) => mkdtemp(join(directory, 'darkroom-bench-'));

/** Starts it as `npm start` does, in a folder without a .env and with no settings of this machine. */
export async function startService(options: ServiceOptions & { folder: string }): Promise<Service> {
  const { root, folder, env = {} } = options;
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const dataDirectory = join(folder, 'data');
  const begunAt = performance.now();
  const child = spawn(process.execPath, [join(root, 'tools/start.mjs')], {
    cwd: folder,
    env: {
      PATH: process.env.PATH ?? '',
      PORT: String(port),
      PUBLIC_URL: url,
      DATA_DIR: dataDirectory,
      ADMIN_PASSWORD: adminPassword,
      ACCESS_TOKEN_MINUTES: '1440',
      // A client here is faster than any limit for one account.
      RATE_LIMIT_REQUESTS: '0',
      RATE_LIMIT_UPLOADS: '0',
      RATE_LIMIT_LINKS: '0',
      NODE_OPTIONS: `--import=${countSyncs}`,
      DARKROOM_BENCH_SYNCS: syncsFile({ dataDirectory }),
      ...env,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit');
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors = (errors + chunk).slice(-4_000);
  });
  const stop = async () => {
    child.kill('SIGTERM');
    const hard = setTimeout(() => child.kill('SIGKILL'), 60_000);
    await ended;
    clearTimeout(hard);
  };
  for (const deadline = Date.now() + 120_000; ; await sleep(20)) {
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    await answer?.body?.cancel();
    if (answer?.status === 200) break;
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`The service did not start: ${errors}`);
    }
  }
  const startMilliseconds = performance.now() - begunAt;
  const postgres = join(dataDirectory, 'postgres');
  const kept = async (name: string) => (await readFile(join(postgres, name), 'utf8')).trim();
  const [databasePort, password, superuserPassword] = await Promise.all(
    ['port', 'password', 'superuser-password'].map(kept),
  );
  const postmasterPid = () => Number(readFileSync(join(postgres, 'cluster/postmaster.pid'), 'utf8').split('\n', 1)[0]);
  const pid = child.pid ?? 0;
  const leftOut = new Set<number>();
  const processes = () => {
    const all = serviceProcesses(pid, postmasterPid());
    for (const one of leftOut) all.postgres.delete(one);
    return all;
  };
  return {
    url,
    port,
    pid,
    dataDirectory,
    databaseUrl: (as) => {
      const login = as === 'owner' ? `darkroom:${password}` : `postgres:${superuserPassword}`;
      return `postgres://${login}@127.0.0.1:${databasePort}/darkroom`;
    },
    processes,
    processorTime: () => processorTime(processes(), postmasterPid()),
    leaveOut: (one) => leftOut.add(one),
    stop,
    startMilliseconds,
  };
}

export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}
