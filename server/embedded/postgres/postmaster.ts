import { execFile } from 'node:child_process';
import { readFile, readlink, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { isShortage, processExists, processStartedAt } from '../process-identity.ts';

/** What PostgreSQL wrote into `postmaster.pid` of its folder. */
export interface Postmaster {
  pid: number;
  /** 0 while it has not written it yet. */
  port: number;
}

const fastShutdown = 'SIGINT';
const immediateShutdown = 'SIGQUIT';

/** Null without one. One that is there and cannot be read says nothing: who takes it for none starts a second server. */
async function readPidFile(cluster: string): Promise<Postmaster | null> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  return Number.isInteger(pid) && pid > 0 ? { pid, port: Number(lines[3]) || 0 } : null;
}

/**
 * The PostgreSQL that serves this folder now, or null. The number in the file alone proves nothing: after a crash or
 * a restart of the machine it may be another program's. Rejects when it cannot be told now.
 */
export async function runningPostmaster(cluster: string): Promise<Postmaster | null> {
  const postmaster = await readPidFile(cluster);
  return postmaster && (await servesFolder(postmaster.pid, cluster)) ? postmaster : null;
}

/** PostgreSQL works with its data folder as its current folder, and nobody else does. Rejects as above. */
export async function servesFolder(pid: number, cluster: string): Promise<boolean> {
  if (!processExists(pid) || processStartedAt(pid) === null) return false;
  if (process.platform === 'linux') {
    const [folder, ours] = await Promise.all([
      readlink(`/proc/${pid}/cwd`).catch(unlessShort('')),
      realpath(cluster).catch(unlessShort(cluster)),
    ]);
    return folder === ours;
  }
  const { stdout } = await promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)]).catch(
    unlessShort({ stdout: '' }),
  );
  return stdout.includes(cluster);
}

function unlessShort<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (isShortage(error)) throw error;
    return value;
  };
}

/**
 * Lets the next PostgreSQL pass a `postmaster.pid` whose number belongs to another program now: it overlooks its own
 * parent's number, and still checks by the shared memory whether backends of the dead server live on. Deleting the
 * file instead would skip that check.
 */
export async function disarmStalePidFile(cluster: string): Promise<void> {
  const file = join(cluster, 'postmaster.pid');
  const stale = await readPidFile(cluster);
  if (!stale) {
    // Empty or garbled by a crash in the middle of its writing: nothing can be read from it, nor by PostgreSQL.
    await rm(file, { force: true });
    return;
  }
  if (!processExists(stale.pid)) return;
  // In place: the file keeps its owner, which may be another account.
  await writeFile(file, (await readFile(file, 'utf8')).replace(/^\d+/, String(process.pid)));
}

/** Fast shutdown: open transactions are rolled back, and everything is on disk when it ends. Then harder means. */
export async function stopPostmaster(cluster: string, pid: number): Promise<void> {
  const steps = [
    [fastShutdown, 20_000],
    [immediateShutdown, 5_000],
    ['SIGKILL', 5_000],
  ] as const;
  for (const [signal, milliseconds] of steps) {
    if (!(await servesFolder(pid, cluster))) return;
    try {
      process.kill(pid, signal);
      // One that was suspended hears it only when it goes on.
      process.kill(pid, 'SIGCONT');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return;
      throw error;
    }
    const deadline = Date.now() + milliseconds;
    while (Date.now() < deadline) {
      if (!processExists(pid) || processStartedAt(pid) === null) return;
      await sleep(15);
    }
  }
  throw new Error(`PostgreSQL (process ${pid}) does not end`);
}
