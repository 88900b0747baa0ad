import { parseOriginalKey, resultKey, thumbnailKey } from '../core/storage/object-key.ts';
import type { ObjectStore, StoredObject } from '../core/storage/object-store.ts';
import type { FunctionAnswer, S3Event, S3EventRecord } from '../core/thumbnails/function-event.ts';
import { parseRecipe, type Recipe, recipeMetadataName, recipeSchema } from '../core/thumbnails/recipe.ts';
import type { MadeThumbnail, ThumbnailResult } from '../core/thumbnails/thumbnail-result.ts';
import { type InTime, inTimeOf } from './in-time.ts';
import type { MadeImages, MakeThumbnailsInput } from './make-thumbnails.ts';
import { readAll } from './read-all.ts';

export interface HandlerDeps {
  store: ObjectStore;
  makeThumbnails(input: MakeThumbnailsInput): Promise<MadeImages>;
  maxPixels: number;
  /** Of an original; it is read into memory. */
  maxOriginalBytes: number;
  /** One line of JSON for the function's log. */
  log(fields: Record<string, unknown>): void;
  now?: () => Date;
}

/** What is used of the context that AWS Lambda passes. */
export interface HandlerContext {
  getRemainingTimeInMillis?(): number;
}

type Outcome = { originalKey: string } & ({ resultKey: string } | { missing: true });

/**
 * The thumbnail function: an S3 event in; thumbnails and one result object for each original out. Events come at least
 * once and in any order, so everything it writes has a key that depends on original and recipe alone, and is made of
 * what is there now: S3's `sequencer` has nothing to decide, for an original is written once under a key of its own. An
 * original that cannot be decoded is a result; a store that fails, or is not done in time, is an error, after all other
 * records are done, so that whoever called calls again; then the one that failed is made, and no other.
 */
export function createHandler(deps: HandlerDeps) {
  return async (event: S3Event, context: HandlerContext = {}): Promise<FunctionAnswer> => {
    const inTime = inTimeOf(context.getRemainingTimeInMillis?.());
    const answer: FunctionAnswer = { results: [], missing: [] };
    const faults: unknown[] = [];
    const records = event.Records ?? [];
    for (const record of records) {
      try {
        const outcome = await handleRecord(deps, inTime, record, records.length > 1);
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

async function handleRecord(
  deps: HandlerDeps,
  inTime: InTime,
  record: S3EventRecord,
  isOneOfSeveral: boolean,
): Promise<Outcome | null> {
  const originalKey = decodeEventKey(record.s3?.object?.key ?? '');
  if (!/^(s3:)?ObjectCreated:/.test(record.eventName) || !parseOriginalKey(originalKey)) return null;
  const original = await inTime((signal) => deps.store.get('originals', originalKey, { signal }));
  if (!original) return { originalKey, missing: true };
  const recipe = record.darkroom
    ? recipeSchema.parse(record.darkroom.recipe)
    : parseRecipe(original.metadata[recipeMetadataName]);
  if (!recipe) {
    original.body.destroy();
    deps.log({ level: 'warn', originalKey, message: 'an original without a recipe; nothing is made of it' });
    return null;
  }
  // Called again with all of them after one had failed: what has its result is done. One that comes alone is made, also
  // again, for somebody wants that.
  if (isOneOfSeveral && !record.darkroom) {
    const key = resultKey(originalKey, recipe);
    if (await inTime(() => deps.store.head('thumbnails', key))) {
      original.body.destroy();
      return { originalKey, resultKey: key };
    }
  }
  const made = await makeOf(deps, inTime, original, recipe);
  return writeResult(deps, inTime, originalKey, recipe, made);
}

async function makeOf(deps: HandlerDeps, inTime: InTime, original: StoredObject, recipe: Recipe): Promise<MadeImages> {
  const { maxPixels, maxOriginalBytes, makeThumbnails } = deps;
  if (original.bytes > maxOriginalBytes) {
    original.body.destroy();
    const message = `Thumbnails are made of files of up to ${maxOriginalBytes} bytes; this one has ${original.bytes}.`;
    return { status: 'failed', failure: { code: 'undecodable', message }, cause: 'too many bytes' };
  }
  const bytes = await inTime((signal) => readAll(original.body, original.bytes, signal));
  return makeThumbnails({ bytes, recipe, maxPixels });
}

async function writeResult(
  deps: HandlerDeps,
  inTime: InTime,
  originalKey: string,
  recipe: Recipe,
  made: MadeImages,
): Promise<Outcome> {
  const { store, log, now = () => new Date() } = deps;
  const madeAt = now().toISOString();
  const written = made.status === 'made' ? await writeThumbnails(store, inTime, originalKey, recipe, made) : [];
  if (made.status === 'failed') log({ level: 'warn', originalKey, failure: made.failure, cause: String(made.cause) });
  const base = { version: 1 as const, originalKey, recipe, madeAt };
  const result: ThumbnailResult =
    made.status === 'made'
      ? { ...base, status: 'made', original: made.original, placeholder: made.placeholder, thumbnails: written }
      : { ...base, status: 'failed', failure: made.failure };
  const key = resultKey(originalKey, recipe);
  const body = Buffer.from(JSON.stringify(result));
  const contentType = 'application/json';
  await inTime((signal) => store.put('thumbnails', key, body, { contentType, contentLength: body.length, signal }));

  // Deleted while it was decoded: nothing of it comes back.
  if (await inTime(() => store.head('originals', originalKey))) return { originalKey, resultKey: key };
  await inTime(() => store.delete('thumbnails', [...written.map((thumbnail) => thumbnail.key), key]));
  return { originalKey, missing: true };
}

async function writeThumbnails(
  store: ObjectStore,
  inTime: InTime,
  originalKey: string,
  recipe: Recipe,
  made: Extract<MadeImages, { status: 'made' }>,
): Promise<MadeThumbnail[]> {
  const written = made.images.map(async ({ data, ...image }) => {
    const key = thumbnailKey(originalKey, { ...image, format: recipe.format });
    const options = { contentType: image.contentType, contentLength: data.length };
    await inTime((signal) => store.put('thumbnails', key, data, { ...options, signal }));
    return { ...image, bytes: data.length, key };
  });
  // When one fails, none is still on its way after the invocation.
  await Promise.allSettled(written);
  return Promise.all(written);
}

/** Keys in S3 events are URL-encoded as in a form (AWS: "Event message structure"). */
function decodeEventKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return key;
  }
}
