import { mkdir, open, readdir, rmdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasCode } from './disk-error.ts';

/** Makes the folders down to this one, but never the root itself: a root that is gone is a store that went away. */
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

/** Syncs that have not begun yet, by folder, and those that run. */
const waiting = new Map<string, Promise<void>>();
const running = new Map<string, Promise<void>>();

/**
 * Writes a folder's entries to the disk itself. A folder that is gone needs none. Who asks while a sync runs waits for the
 * next one, together with all who ask meanwhile: what was in the folder when it was asked for is on the disk afterwards.
 */
export function syncFolder(folder: string): Promise<void> {
  const shared = waiting.get(folder);
  if (shared) return shared;
  const before = running.get(folder);
  if (!before) return begin(folder);
  const next = before
    .catch(() => {})
    .then(() => {
      waiting.delete(folder);
      return begin(folder);
    });
  waiting.set(folder, next);
  return next;
}

function begin(folder: string): Promise<void> {
  const sync = syncNow(folder).finally(() => {
    if (running.get(folder) === sync) running.delete(folder);
  });
  running.set(folder, sync);
  return sync;
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

/**
 * Syncs this folder and all above it up to the root. Always all of them: one that was there before may be another
 * writer's that has not synced it yet.
 */
export async function syncUpTo(root: string, folder: string): Promise<void> {
  const chain = [folder];
  for (let at = folder; at !== root; at = dirname(at)) chain.push(dirname(at));
  await Promise.all(chain.map(syncFolder));
}

/** Removes this folder and those above it, as far as they are empty, but not the root. */
export async function removeEmptyUpTo(root: string, folder: string): Promise<void> {
  for (let at = folder; at !== root; at = dirname(at)) {
    try {
      await rmdir(at);
    } catch (error) {
      if (hasCode(error, 'ENOENT')) continue;
      if (hasCode(error, 'ENOTEMPTY', 'EEXIST')) return;
      throw error;
    }
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
