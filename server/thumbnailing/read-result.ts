import { buffer } from 'node:stream/consumers';
import {
  earlierResultKey,
  earlierThumbnailKey,
  parseMadeKey,
  parseOriginalKey,
  resultKey,
  thumbnailKey,
} from '../../core/storage/object-key.ts';
import type { ObjectStore } from '../../core/storage/object-store.ts';
import { type ThumbnailResult, thumbnailResultSchema } from '../../core/thumbnails/thumbnail-result.ts';

/** Sixteen heights take some 5 kB. */
const maxResultBytes = 256 * 1024;

export class UnreadableResult extends Error {
  override readonly name = 'UnreadableResult';
}

/**
 * The result object of one original, checked: it is about that original, it names no object but the ones its recipe
 * leads to, and a result that says `made` is whole. Null when there is none; UnreadableResult when it is not as it
 * should be; what the store throws otherwise.
 */
export async function readResult(
  store: ObjectStore,
  keys: { originalKey: string; resultKey: string },
): Promise<ThumbnailResult | null> {
  const object = await store.get('thumbnails', keys.resultKey);
  if (!object) return null;
  if (object.bytes > maxResultBytes) {
    object.body.destroy();
    throw new UnreadableResult(`${object.bytes} bytes are too many for a result`);
  }
  const result = parse(await buffer(object.body));
  const fault = faultOf(result, keys);
  if (fault) throw new UnreadableResult(fault);
  return result;
}

function parse(bytes: Buffer): ThumbnailResult {
  try {
    return thumbnailResultSchema.parse(JSON.parse(bytes.toString('utf8')));
  } catch (cause) {
    throw new UnreadableResult('not a result', { cause });
  }
}

function faultOf(result: ThumbnailResult, keys: { originalKey: string; resultKey: string }): string | null {
  if (!parseOriginalKey(keys.originalKey) || result.originalKey !== keys.originalKey) return 'of another original';
  const isEarlier = parseMadeKey(keys.resultKey)?.isEarlier ?? false;
  const expectedKey = isEarlier ? earlierResultKey : resultKey;
  if (expectedKey(result.originalKey, result.recipe) !== keys.resultKey) return 'of another recipe';
  if (result.status === 'failed') return null;
  const made = new Set(result.thumbnails.map((thumbnail) => thumbnail.tierHeight));
  if (made.size !== result.thumbnails.length || made.size !== result.recipe.heights.length) return 'not whole';
  for (const thumbnail of result.thumbnails) {
    if (!result.recipe.heights.includes(thumbnail.tierHeight)) return 'a height that nobody asked for';
    if (thumbnail.key !== keyOf(result, thumbnail, isEarlier)) return 'a key that is not its own';
  }
  return null;
}

function keyOf(
  { originalKey, recipe }: ThumbnailResult,
  thumbnail: { tierHeight: number; contentType: string },
  isEarlier: boolean,
): string | null {
  try {
    return (isEarlier ? earlierThumbnailKey : thumbnailKey)(originalKey, recipe, thumbnail);
  } catch {
    return null;
  }
}
