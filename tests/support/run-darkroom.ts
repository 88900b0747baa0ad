import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { projectRoot } from '../../server/project-root.ts';

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Program {
  child: ChildProcess;
  pid: number;
  output(): { stdout: string; stderr: string };
  ended: Promise<Ended>;
}

type Environment = Record<string, string>;

/** Starts `npm start` or `npm run manage` as a person does, in a folder of its own and with no settings of this machine. */
export function runTool(tool: 'start' | 'manage', cwd: string, args: string[], env: Environment, input = ''): Program {
  const child = spawn(process.execPath, [join(projectRoot, 'tools', `${tool}.mjs`), ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: 'pipe',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const ended = once(child, 'close').then(([code]) => ({ code, stdout, stderr }));
  return { child, pid: child.pid ?? 0, output: () => ({ stdout, stderr }), ended };
}

export function runManage(cwd: string, args: string[], env: Environment = {}, input = ''): Promise<Ended> {
  return runTool('manage', cwd, args, env, input).ended;
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

export interface RunningDarkroom extends Program {
  url: string;
  port: number;
}

/** The server, ready to serve: one process that does not drain, unless `env` says otherwise. Whoever starts it ends it. */
export async function startDarkroom(cwd: string, env: Environment = {}): Promise<RunningDarkroom> {
  const port = Number(env.PORT ?? (await freePort()));
  const program = runTool('start', cwd, [], { WORKERS: '1', DRAIN_SECONDS: '0', ...env, PORT: String(port) });
  const url = `http://127.0.0.1:${port}`;
  let hasEnded = false;
  program.ended.then(() => {
    hasEnded = true;
  });
  for (const deadline = Date.now() + 90_000; Date.now() < deadline && !hasEnded; await sleep(50)) {
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    await answer?.body?.cancel();
    if (answer?.status === 200) return { ...program, url, port };
  }
  program.child.kill('SIGKILL');
  const { stdout, stderr } = await program.ended;
  throw new Error(`Darkroom did not start:\n${stdout}\n${stderr}`);
}

/** Every process that works in the folder or below it, or was started by one of these. */
export async function processesOf(folder: string, parents: number[]): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found: number[] = [];
  for (const pid of pids) {
    const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => '');
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    const parent = Number(/^PPid:\s*(\d+)/m.exec(status)?.[1]);
    if (cwd.startsWith(folder) || parents.includes(parent)) found.push(pid);
  }
  return found;
}

/** Ends it in order, as a service manager does. */
export async function stopDarkroom({ child, ended }: Program): Promise<Ended> {
  child.kill('SIGTERM');
  return ended;
}
