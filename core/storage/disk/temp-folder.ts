import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from './disk-error.ts';
import { makeFolders } from './folders.ts';
import { tempFolderName } from './object-path.ts';

/**
 * A process's own temporary folder inside a bucket (the same file system, so that a rename is enough). It carries the
 * process's id and start time: several processes use one store, and each must know a dead one's leftovers from the
 * work of a living one.
 */
export interface TempFolder {
  /** A path where nothing is yet. */
  path(): Promise<string>;
  close(): Promise<void>;
}

export function createTempFolder(bucketRoot: string): TempFolder {
  const all = join(bucketRoot, tempFolderName);
  try {
    removeLeftovers(all);
  } catch {
    // What is in the way stays for the next start; whether the store works at all is `check`'s to say.
  }
  const own = join(all, `${process.pid}-${startOf(process.pid) ?? 0}`);

  return {
    async path() {
      await makeFolders(bucketRoot, own);
      return join(own, crypto.randomUUID());
    },
    async close() {
      for (const folder of [own, all]) await rmdir(folder).catch(() => {});
    },
  };
}

function removeLeftovers(all: string): void {
  for (const name of namesIn(all)) {
    const [, pid, start] = /^(\d+)-(\d+)$/.exec(name) ?? [];
    if (pid && !lives(Number(pid), Number(start))) rmSync(join(all, name), { recursive: true, force: true });
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

/** A process with this id that started then. Where start times cannot be read, the id alone decides. */
function lives(pid: number, start: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (hasCode(error, 'ESRCH')) return false;
  }
  const actual = startOf(pid);
  return actual === null || actual === start;
}

/** Linux: clock ticks since the machine started (proc_pid_stat(5), field 22). Elsewhere only of this process. */
function startOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  } catch {
    return pid === process.pid ? Math.floor(performance.timeOrigin) : null;
  }
}
