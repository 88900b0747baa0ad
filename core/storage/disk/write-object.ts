import { createHash } from 'node:crypto';
import { type FileHandle, open, rename, rm, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { AppError } from '../../errors.ts';
import { bodyChunks } from '../body-chunks.ts';
import type { NewObject, ObjectInfo, PutOptions } from '../object-store.ts';
import { diskError, hasCode, onDisk } from './disk-error.ts';
import { type Folders, syncFolder } from './folders.ts';
import { encodeTrailer } from './object-file.ts';
import { type ObjectPlace, objectPlace } from './object-path.ts';
import type { TempFolder } from './temp-folder.ts';

/** A bucket, as its writers see it. */
export interface Room {
  root: string;
  temp: TempFolder;
  folders: Folders;
}

/** Bytes that are handed to the system at once. */
const pieceBytes = 1024 * 1024;

/**
 * Writes the bytes and what is known about them into a temporary file, forces it to the disk, and makes it the object by
 * one rename: a reader, also after a power cut, finds the old object or the new one. The folders that are new go to the
 * disk while the bytes do.
 */
export async function writeObject(
  room: Room,
  key: string,
  body: Readable | Uint8Array,
  options: PutOptions,
): Promise<ObjectInfo> {
  options.signal?.throwIfAborted();
  const place = objectPlace(room.root, key);
  const draft = await onDisk(room.temp.path());
  try {
    const folder = await onDisk(room.folders.make(dirname(place.file)));
    const info = await writeDraft(draft, key, body, options);
    options.signal?.throwIfAborted();
    await onDisk(publish(room, place, draft).then((again) => settle(room, [place], [folder, again])));
    return info;
  } catch (error) {
    await leaveNothing(room, place, draft);
    throw error;
  }
}

/**
 * Writes several small objects; the last one appears after the others. Each file is forced to the disk by itself, and the
 * folder that they share once.
 */
export async function writeObjects(room: Room, objects: readonly NewObject[]): Promise<ObjectInfo[]> {
  const drafts = await Promise.all(
    objects.map(async ({ key, body, ...options }) => {
      const place = objectPlace(room.root, key);
      return { place, key, body, options, draft: await onDisk(room.temp.path()) };
    }),
  );
  try {
    const parents = [...new Set(drafts.map(({ place }) => dirname(place.file)))];
    const folders = await onDisk(Promise.all(parents.map((parent) => room.folders.make(parent))));
    const written = drafts.map(({ draft, key, body, options }) => writeDraft(draft, key, body, options));
    await Promise.allSettled(written);
    const infos = await Promise.all(written);
    const publishAll = async () => {
      for (const { place, draft } of drafts) folders.push(await publish(room, place, draft));
      await settle(
        room,
        drafts.map(({ place }) => place),
        folders,
      );
    };
    await onDisk(publishAll());
    return infos;
  } catch (error) {
    for (const { place, draft } of drafts) await leaveNothing(room, place, draft);
    throw error;
  }
}

async function leaveNothing({ folders }: Room, place: ObjectPlace, draft: string): Promise<void> {
  await rm(draft, { force: true }).catch(() => {});
  await folders.removeEmpty(dirname(place.file)).catch(() => {});
}

async function writeDraft(
  draft: string,
  key: string,
  body: Readable | Uint8Array,
  options: PutOptions,
): Promise<ObjectInfo> {
  const handle = await onDisk(open(draft, 'wx', 0o600));
  try {
    const hash = options.sha256 ? null : createHash('sha256');
    let bytes = 0;
    let waiting: Uint8Array[] = [];
    let waitingBytes = 0;
    let writing = Promise.resolve();
    for await (const chunk of bodyChunks(body, options)) {
      waiting.push(chunk);
      waitingBytes += chunk.length;
      bytes += chunk.length;
      if (waitingBytes >= pieceBytes) {
        // The next piece fills while this one is written.
        await onDisk(writing);
        writing = writeAll(handle, waiting);
        writing.catch(() => {});
        waiting = [];
        waitingBytes = 0;
      }
      hash?.update(chunk);
    }
    const info: ObjectInfo = {
      bytes,
      contentType: options.contentType,
      etag: `"${(options.sha256?.() ?? hash?.digest('hex') ?? '').slice(0, 32)}"`,
      lastModified: new Date(),
      metadata: { ...options.metadata },
    };
    await onDisk(writing);
    await onDisk(writeAll(handle, [...waiting, encodeTrailer(key, info)]));
    await onDisk(handle.datasync());
    return info;
  } finally {
    await handle.close().catch(() => {});
  }
}

async function writeAll(handle: FileHandle, pieces: readonly Uint8Array[]): Promise<void> {
  let left = pieces;
  while (left.length > 0) {
    let { bytesWritten } = await handle.writev(left);
    const rest: Uint8Array[] = [];
    for (const piece of left) {
      if (bytesWritten >= piece.length) bytesWritten -= piece.length;
      else {
        rest.push(bytesWritten > 0 ? piece.subarray(bytesWritten) : piece);
        bytesWritten = 0;
      }
    }
    left = rest;
  }
}

interface MadeFolder {
  durable: Promise<void>;
}

/** Renames the draft; a delete that takes the folder away in between was earlier, and the folder is made again. */
async function publish({ root, folders }: Room, { file }: ObjectPlace, draft: string): Promise<MadeFolder> {
  let made: MadeFolder = { durable: Promise.resolve() };
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      await rename(draft, file);
      return made;
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
      await stat(root);
      await stat(draft);
      folders.forget(dirname(file));
      made = await folders.make(dirname(file));
    }
  }
  throw new AppError('unavailable', 'Too many programs write this object at the same time. Try again.');
}

/** Forces what was published to the disk; what cannot be forced is taken back. */
async function settle(room: Room, places: readonly ObjectPlace[], folders: readonly MadeFolder[]): Promise<void> {
  try {
    const parents = new Set(places.map(({ file }) => dirname(file)));
    await Promise.all([...[...parents].map(syncFolder), ...folders.map(({ durable }) => durable)]);
  } catch (error) {
    for (const { file } of places) await unlink(file).catch(() => {});
    throw error;
  }
  // What stays of an earlier version is behind the file, and the next writer tries once more.
  await Promise.all(places.map((place) => takeAway(room, place.earlierFolder).catch(() => {})));
}

/** An object of an earlier version: its folder goes into the temporary folder by one rename, then for good. */
async function takeAway({ root, temp }: Room, earlierFolder: string): Promise<boolean> {
  if (!(await exists(earlierFolder))) return false;
  const trash = await temp.path();
  try {
    await rename(earlierFolder, trash);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
    await stat(root);
    return false;
  }
  // What cannot be removed now is gone all the same, and the next start empties the temporary folder.
  await rm(trash, { recursive: true, force: true }).catch(() => {});
  return true;
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

/**
 * Deletes objects, what an earlier version left first, or it would come to light. Folders that got empty go too; a writer
 * that needed one of them makes it again.
 */
export async function deleteObjects(room: Room, keys: readonly string[]): Promise<void> {
  const places = keys.map((key) => objectPlace(room.root, key));
  const parents = new Set<string>();
  try {
    for (const { file, earlierFolder } of places) {
      if (await takeAway(room, earlierFolder)) parents.add(dirname(file));
      try {
        await unlink(file);
        parents.add(dirname(file));
      } catch (error) {
        if (!hasCode(error, 'ENOENT')) throw error;
        await stat(room.root);
      }
    }
    await Promise.all([...parents].map(syncFolder));
    for (const parent of parents) await room.folders.removeEmpty(parent);
  } catch (error) {
    throw diskError(error);
  }
}
