import { createHash } from 'node:crypto';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { AppError } from '../../errors.ts';
import { bodyChunks } from '../body-chunks.ts';
import type { ObjectInfo, PutOptions } from '../object-store.ts';
import { diskError, hasCode, onDisk } from './disk-error.ts';
import { entriesOf, makeFolders, removeEmptyUpTo, syncFolder, syncUpTo } from './folders.ts';
import { dataFileName, metadataFile } from './object-path.ts';
import { serializeInfo, versionsOf } from './read-object.ts';
import type { TempFolder } from './temp-folder.ts';

export interface ObjectPlace {
  /** The bucket's folder. */
  root: string;
  /** The object's folder. */
  folder: string;
}

/**
 * Writes the bytes and what is known about them into a temporary folder, forces all of it to the disk, and makes it
 * the object's newest version by one rename: a reader, also after a power cut, finds the old object or the new one.
 */
export async function writeObject(
  place: ObjectPlace,
  temp: TempFolder,
  body: Readable | Uint8Array,
  options: PutOptions & { key: string },
): Promise<ObjectInfo> {
  options.signal?.throwIfAborted();
  const draft = await onDisk(temp.make());
  try {
    const info = await writeDraft(draft, body, options);
    options.signal?.throwIfAborted();
    await onDisk(commit(place, draft));
    return info;
  } catch (error) {
    await rm(draft, { recursive: true, force: true }).catch(() => {});
    throw error;
  }
}

async function writeDraft(
  draft: string,
  body: Readable | Uint8Array,
  options: PutOptions & { key: string },
): Promise<ObjectInfo> {
  const file = dataFileName(options.contentType);
  const handle = await onDisk(open(join(draft, file), 'wx', 0o600));
  try {
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const chunk of bodyChunks(body, options)) {
      const written = writeAll(handle, chunk);
      hash.update(chunk);
      await onDisk(written);
      bytes += chunk.length;
    }
    const info: ObjectInfo = {
      bytes,
      contentType: options.contentType,
      etag: `"${hash.digest('hex').slice(0, 32)}"`,
      lastModified: (await onDisk(handle.stat())).mtime,
      metadata: { ...options.metadata },
    };
    const text = serializeInfo({ key: options.key, file, ...info });
    await onDisk(Promise.all([handle.sync(), writeDurably(join(draft, metadataFile), text)]));
    await onDisk(syncFolder(draft));
    return info;
  } finally {
    await handle.close().catch(() => {});
  }
}

async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.length; ) {
    at += (await handle.write(chunk, at, chunk.length - at)).bytesWritten;
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const handle = await open(path, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Renames the draft to the next version's number. A folder with something in it cannot be renamed over, so of two
 * writers with the same number one gets the next; a delete that takes the object's folder away meanwhile was earlier.
 */
async function commit(place: ObjectPlace, draft: string): Promise<void> {
  const version = await publish(place, draft);
  try {
    await syncUpTo(place.root, place.folder);
  } catch (error) {
    await rename(version, draft).catch(() => {});
    await removeEmptyUpTo(place.root, place.folder).catch(() => {});
    throw error;
  }
  // A version that stays is never read again, and the next writer tries once more.
  await removeOldVersions(place).catch(() => {});
}

async function publish({ root, folder }: ObjectPlace, draft: string): Promise<string> {
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      await makeFolders(root, folder);
      const [newest = 0] = versionsOf(await entriesOf(root, folder));
      const version = join(folder, String(newest + 1));
      await rename(draft, version);
      return version;
    } catch (error) {
      if (!hasCode(error, 'ENOENT', 'ENOTEMPTY', 'EEXIST')) throw error;
      await stat(root);
      await stat(draft);
    }
  }
  throw new AppError('unavailable', 'Too many programs write this object at the same time. Try again.');
}

async function removeOldVersions({ root, folder }: ObjectPlace): Promise<void> {
  const [, ...old] = versionsOf(await entriesOf(root, folder));
  for (const version of old) await rm(join(folder, String(version)), { recursive: true, force: true });
}

/**
 * Deletes objects: each folder goes into the temporary folder by one rename, then for good. Folders that got empty go
 * too; a writer that needed one of them makes it again.
 */
export async function deleteObjects(root: string, folders: readonly string[], temp: TempFolder): Promise<void> {
  const taken: { trash: string; parent: string }[] = [];
  try {
    for (const folder of folders) {
      const trash = await temp.path();
      try {
        await rename(folder, trash);
        taken.push({ trash, parent: dirname(folder) });
      } catch (error) {
        if (!hasCode(error, 'ENOENT')) throw error;
        await stat(root);
      }
    }
    const parents = new Set(taken.map(({ parent }) => parent));
    await Promise.all([...parents].map(syncFolder));
    for (const parent of parents) await removeEmptyUpTo(root, parent);
  } catch (error) {
    throw diskError(error);
  } finally {
    // What cannot be removed now is gone all the same, and the next start empties the temporary folder.
    for (const { trash } of taken) await rm(trash, { recursive: true, force: true }).catch(() => {});
  }
}
