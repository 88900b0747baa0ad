import { buffer } from 'node:stream/consumers';
import { parseOriginalKey, resultKey, thumbnailKey } from '../core/storage/object-key.ts';
import type { ObjectStore } from '../core/storage/object-store.ts';
import type { FunctionAnswer, S3Event, S3EventRecord } from '../core/thumbnails/function-event.ts';
import { parseRecipe, type Recipe, recipeMetadataName, recipeSchema } from '../core/thumbnails/recipe.ts';
import type { MadeThumbnail, ThumbnailResult } from '../core/thumbnails/thumbnail-result.ts';
import type { MadeImages, MakeThumbnailsInput } from './make-thumbnails.ts';

export interface HandlerDeps {
  store: ObjectStore;
  makeThumbnails(input: MakeThumbnailsInput): Promise<MadeImages>;
  maxPixels: number;
  /** One line of JSON for the function's log. */
  log(fields: Record<string, unknown>): void;
  now?: () => Date;
}

type Outcome = { originalKey: string } & ({ resultKey: string } | { missing: true });

/**
 * The thumbnail function: an S3 event in; thumbnails and one result object for each original out. Events come at least
 * once and in any order, so everything it writes has a key that depends on original and recipe alone. An original that
 * cannot be decoded is a result; a store that fails is an error, after all other records are done, so that whoever
 * called calls again.
 */
export function createHandler(deps: HandlerDeps) {
  return async (event: S3Event): Promise<FunctionAnswer> => {
    const answer: FunctionAnswer = { results: [], missing: [] };
    const faults: unknown[] = [];
    for (const record of event.Records ?? []) {
      try {
        const outcome = await handleRecord(deps, record);
        if (!outcome) continue;
        if ('missing' in outcome) answer.missing.push(outcome.originalKey);
        else answer.results.push(outcome);
      } catch (error) {
        faults.push(error);
      }
    }
    if (faults.length > 0) throw faults.length === 1 ? faults[0] : new AggregateError(faults, 'several originals');
    return answer;
  };
}

async function handleRecord(deps: HandlerDeps, record: S3EventRecord): Promise<Outcome | null> {
  const originalKey = decodeEventKey(record.s3.object.key);
  if (!/^(s3:)?ObjectCreated:/.test(record.eventName) || !parseOriginalKey(originalKey)) return null;
  const original = await deps.store.get('originals', originalKey);
  if (!original) return { originalKey, missing: true };
  const recipe = record.darkroom
    ? recipeSchema.parse(record.darkroom.recipe)
    : parseRecipe(original.metadata[recipeMetadataName]);
  if (!recipe) {
    original.body.destroy();
    deps.log({ level: 'warn', originalKey, message: 'an original without a recipe; nothing is made of it' });
    return null;
  }
  const made = await deps.makeThumbnails({ bytes: await buffer(original.body), recipe, maxPixels: deps.maxPixels });
  return writeResult(deps, originalKey, recipe, made);
}

async function writeResult(deps: HandlerDeps, originalKey: string, recipe: Recipe, made: MadeImages): Promise<Outcome> {
  const { store, log, now = () => new Date() } = deps;
  const madeAt = now().toISOString();
  const written = made.status === 'made' ? await writeThumbnails(store, originalKey, recipe, made) : [];
  if (made.status === 'failed') log({ level: 'warn', originalKey, failure: made.failure, cause: String(made.cause) });
  const base = { version: 1 as const, originalKey, recipe, madeAt };
  const result: ThumbnailResult =
    made.status === 'made'
      ? { ...base, status: 'made', original: made.original, placeholder: made.placeholder, thumbnails: written }
      : { ...base, status: 'failed', failure: made.failure };
  const key = resultKey(originalKey, recipe);
  await store.put('thumbnails', key, Buffer.from(JSON.stringify(result)), { contentType: 'application/json' });

  // Deleted while it was decoded: nothing of it comes back.
  if (await store.head('originals', originalKey)) return { originalKey, resultKey: key };
  await store.delete('thumbnails', [...written.map((thumbnail) => thumbnail.key), key]);
  return { originalKey, missing: true };
}

async function writeThumbnails(
  store: ObjectStore,
  originalKey: string,
  recipe: Recipe,
  made: Extract<MadeImages, { status: 'made' }>,
): Promise<MadeThumbnail[]> {
  return Promise.all(
    made.images.map(async ({ data, ...image }) => {
      const key = thumbnailKey(originalKey, { ...image, format: recipe.format });
      await store.put('thumbnails', key, data, { contentType: image.contentType, contentLength: data.length });
      return { ...image, bytes: data.length, key };
    }),
  );
}

/** Keys in S3 events are URL-encoded as in a form (AWS: "Event message structure"). */
function decodeEventKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return key;
  }
}
