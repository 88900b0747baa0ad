import { mkdir, open, readdir, rmdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasCode } from './disk-error.ts';

/**
 * The folders of one bucket. It remembers which of them are on the disk for good, so that a put syncs what is new and not
 * all that is above it.
 */
export interface Folders {
  /**
   * Makes the folders down to this one, but never the root itself: a root that is gone is a store that went away.
   * `durable` resolves when what leads to the folder is on the disk.
   */
  make(folder: string): Promise<{ durable: Promise<void> }>;
  /** Removes this folder and those above it, as far as they are empty, but not the root. */
  removeEmpty(folder: string): Promise<void>;
  /** The folder was not there: another process removed it. */
  forget(folder: string): void;
}

const maxRemembered = 10_000;

export function createFolders(root: string): Folders {
  const known = new Set<string>([root]);
  const remember = (folder: string) => {
    if (known.size > maxRemembered) {
      known.clear();
      known.add(root);
    }
    known.add(folder);
  };
  return {
    async make(folder) {
      if (known.has(folder)) return { durable: done };
      const missing: string[] = [];
      for (let at = folder; !known.has(at) && at.startsWith(`${root}/`); at = dirname(at)) missing.push(at);
      await makeFolders(root, folder);
      // One that was there before may be another writer's that has not synced it yet.
      const durable = Promise.all(missing.map((each) => syncFolder(dirname(each)))).then(() =>
        missing.forEach(remember),
      );
      durable.catch(() => {});
      return { durable };
    },
    async removeEmpty(folder) {
      for (let at = folder; at !== root; at = dirname(at)) {
        try {
          await rmdir(at);
          known.delete(at);
        } catch (error) {
          if (hasCode(error, 'ENOTEMPTY', 'EEXIST')) return;
          if (!hasCode(error, 'ENOENT')) throw error;
          known.delete(at);
        }
      }
    },
    forget(folder) {
      for (let at = folder; at !== root && at.startsWith(`${root}/`); at = dirname(at)) known.delete(at);
    },
  };
}

const done = Promise.resolve();

export async function makeFolders(root: string, folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return;
    const parent = dirname(folder);
    if (!hasCode(error, 'ENOENT') || parent === root || !folder.startsWith(`${root}/`)) throw error;
    await makeFolders(root, parent);
    await mkdir(folder, { mode: 0o700 }).catch((again) => {
      if (!hasCode(again, 'EEXIST')) throw again;
    });
  }
}

const running = new Map<string, { next: Promise<void> | null; now: Promise<void> }>();

/**
 * Writes a folder's entries to the disk itself. A folder that is gone needs none. Those who ask while a sync runs share the
 * one after it: what they changed may have come too late for the one that runs.
 */
export function syncFolder(folder: string): Promise<void> {
  const current = running.get(folder);
  if (current) {
    current.next ??= current.now.catch(() => {}).then(() => startSync(folder));
    return current.next;
  }
  return startSync(folder);
}

function startSync(folder: string): Promise<void> {
  const sync = { now: syncNow(folder), next: null as Promise<void> | null };
  running.set(folder, sync);
  const end = () => {
    if (running.get(folder) === sync && sync.next === null) running.delete(folder);
  };
  sync.now.then(end, end);
  return sync.now;
}

async function syncNow(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    // Some file systems (network shares, FUSE) know no fsync of a folder; what they can promise, they did.
    if (!hasCode(error, 'ENOENT', 'EINVAL', 'ENOTSUP')) throw error;
  }
}

/** The entries of a folder, none when it is not there; throws when that is because the root is gone. */
export async function entriesOf(root: string, folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (!hasCode(error, 'ENOENT') || folder === root) throw error;
    await stat(root);
    return [];
  }
}
