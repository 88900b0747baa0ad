import type { InTime } from '../async/in-time.ts';
import { resultKey, thumbnailKey } from '../storage/object-key.ts';
import type { ObjectStore, StoredObject } from '../storage/object-store.ts';
import type { MadeImages } from './made-images.ts';
import { parseRecipe, type Recipe, recipeMetadataName } from './recipe.ts';
import type { ThumbnailResult } from './thumbnail-result.ts';

export interface ThumbnailOriginalDeps {
  store: ObjectStore;
  /** Of an original; the decoder holds it in memory. */
  maxOriginalBytes: number;
  /** Uses up the original's body, or destroys it. */
  make(original: StoredObject, recipe: Recipe): Promise<MadeImages>;
  log(fields: Record<string, unknown>): void;
  now?: () => Date;
}

export interface ThumbnailRequest {
  originalKey: string;
  /** What to make; without one the recipe in the object's metadata counts. */
  recipe?: Recipe | undefined;
  /** What has its result is done already. */
  onlyIfNoResult?: boolean;
}

export type ThumbnailOutcome = { originalKey: string } & (
  | { resultKey: string; result: ThumbnailResult | null }
  | { missing: true }
);

/** An original that may be read into memory whole: the largest that a tier may allow is far below. */
export const presetMaxOriginalBytes = 512 * 1024 * 1024;

/** Of an original that is read: most are one piece. */
const pieceBytes = 4 * 1024 * 1024;

/**
 * One original from the store, its thumbnails and then one result object into it, wherever the decoder runs. Everything
 * has a key that depends on original and recipe alone, so that doing it twice is doing it once. An original that cannot
 * be decoded is a result; what is thrown is worth another try. Null: there is nothing to be made of it.
 */
export async function thumbnailOriginal(
  deps: ThumbnailOriginalDeps,
  inTime: InTime,
  { originalKey, recipe: asked, onlyIfNoResult = false }: ThumbnailRequest,
): Promise<ThumbnailOutcome | null> {
  const { store, log } = deps;
  const original = await inTime((signal) => store.get('originals', originalKey, { signal, pieceBytes }));
  if (!original) return { originalKey, missing: true };
  const recipe = asked ?? parseRecipe(original.metadata[recipeMetadataName]);
  if (!recipe) {
    original.body.destroy();
    log({ level: 'warn', originalKey, message: 'an original without a recipe; nothing is made of it' });
    return null;
  }
  const key = resultKey(originalKey, recipe);
  if (onlyIfNoResult && (await inTime(() => store.head('thumbnails', key)))) {
    original.body.destroy();
    return { originalKey, resultKey: key, result: null };
  }
  const made = await makeOf(deps, original, recipe);
  if (made.status === 'failed') log({ level: 'warn', originalKey, failure: made.failure, cause: made.cause });
  return writeResult(deps, inTime, { originalKey, recipe, key, made });
}

async function makeOf(deps: ThumbnailOriginalDeps, original: StoredObject, recipe: Recipe): Promise<MadeImages> {
  const { maxOriginalBytes, make } = deps;
  if (original.bytes <= maxOriginalBytes) return make(original, recipe);
  original.body.destroy();
  const message = `Thumbnails are made of files of up to ${maxOriginalBytes} bytes; this one has ${original.bytes}.`;
  return { status: 'failed', failure: { code: 'undecodable', message }, cause: 'too many bytes' };
}

async function writeResult(
  { store, now = () => new Date() }: ThumbnailOriginalDeps,
  inTime: InTime,
  { originalKey, recipe, key, made }: { originalKey: string; recipe: Recipe; key: string; made: MadeImages },
): Promise<ThumbnailOutcome> {
  const base = { version: 1 as const, originalKey, recipe, madeAt: now().toISOString() };
  const images = made.status === 'made' ? made.images : [];
  const written = images.map(({ data, ...image }) => {
    const thumbnail = { ...image, bytes: data.length, key: thumbnailKey(originalKey, recipe, image) };
    return { thumbnail, object: { key: thumbnail.key, body: data, contentType: image.contentType } };
  });
  const thumbnails = written.map(({ thumbnail }) => thumbnail);
  const result: ThumbnailResult =
    made.status === 'made'
      ? {
          ...base,
          status: 'made',
          original: made.original,
          placeholder: made.placeholder,
          warnings: made.warnings,
          thumbnails,
        }
      : { ...base, status: 'failed', failure: made.failure };
  const body = Buffer.from(JSON.stringify(result));
  const objects = [...written.map(({ object }) => object), { key, body, contentType: 'application/json' }];
  await inTime((signal) =>
    store.putMany(
      'thumbnails',
      objects.map((object) => ({ ...object, contentLength: object.body.length, signal })),
    ),
  );

  // Deleted while it was decoded: nothing of it comes back.
  if (await inTime(() => store.head('originals', originalKey))) return { originalKey, resultKey: key, result };
  await inTime(() => store.delete('thumbnails', [...thumbnails.map((thumbnail) => thumbnail.key), key]));
  return { originalKey, missing: true };
}
