import { isMadeOf, madePrefix, parseMadeKey, parseOriginalKey } from '../../core/storage/object-key.ts';
import type { ObjectStore } from '../../core/storage/object-store.ts';

const keysAtOnce = 500;

/**
 * Deletes the originals with these keys, and everything that was made of them. Only for keys that a row or a tombstone
 * of ours names: an object that nothing names is somebody's photograph until proven otherwise.
 */
export async function deleteObjects(store: ObjectStore, objectKeys: readonly string[]): Promise<void> {
  if (objectKeys.length === 0) return;
  await store.delete('originals', objectKeys);
  for (const objectKey of objectKeys) await deleteThumbnails(store, objectKey);
}

async function deleteThumbnails(store: ObjectStore, objectKey: string): Promise<void> {
  const imageId = parseOriginalKey(objectKey)?.imageId;
  if (imageId === undefined) return;
  let keys: string[] = [];
  for await (const { key } of store.list('thumbnails', madePrefix(imageId))) {
    const made = parseMadeKey(key);
    if (made && isMadeOf(objectKey, made)) keys.push(key);
    if (keys.length < keysAtOnce) continue;
    await store.delete('thumbnails', keys);
    keys = [];
  }
  if (keys.length > 0) await store.delete('thumbnails', keys);
}
