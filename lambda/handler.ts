import { type InTime, inTimeOf } from '../core/async/in-time.ts';
import { parseOriginalKey } from '../core/storage/object-key.ts';
import type { FunctionAnswer, S3Event, S3EventRecord } from '../core/thumbnails/function-event.ts';
import type { MadeImages } from '../core/thumbnails/made-images.ts';
import { recipeSchema } from '../core/thumbnails/recipe.ts';
import {
  type ThumbnailOriginalDeps,
  type ThumbnailOutcome,
  thumbnailOriginal,
} from '../core/thumbnails/thumbnail-original.ts';
import type { MakeThumbnailsInput } from './make-thumbnails.ts';
import { readAll } from './read-all.ts';

export interface HandlerDeps extends Omit<ThumbnailOriginalDeps, 'make'> {
  makeThumbnails(input: MakeThumbnailsInput): Promise<MadeImages>;
  maxPixels: number;
}

/** What is used of the context that AWS Lambda passes. */
export interface HandlerContext {
  getRemainingTimeInMillis?(): number;
}

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
        const { originalKey } = outcome;
        if ('missing' in outcome) answer.missing.push(originalKey);
        else answer.results.push({ originalKey, resultKey: outcome.resultKey });
      } catch (error) {
        faults.push(error);
      }
    }
    if (faults.length > 0) throw faults.length === 1 ? faults[0] : new AggregateError(faults, 'several originals');
    return answer;
  };
}

async function handleRecord(
  { makeThumbnails, maxPixels, ...deps }: HandlerDeps,
  inTime: InTime,
  record: S3EventRecord,
  isOneOfSeveral: boolean,
): Promise<ThumbnailOutcome | null> {
  const originalKey = decodeEventKey(record.s3?.object?.key ?? '');
  if (!/^(s3:)?ObjectCreated:/.test(record.eventName) || !parseOriginalKey(originalKey)) return null;
  const make: ThumbnailOriginalDeps['make'] = async ({ body, bytes }, recipe) =>
    makeThumbnails({ bytes: await inTime((signal) => readAll(body, bytes, signal)), recipe, maxPixels });
  return thumbnailOriginal({ ...deps, make }, inTime, {
    originalKey,
    recipe: record.darkroom && recipeSchema.parse(record.darkroom.recipe),
    // Called again with all of them after one had failed: what has its result is done. One that comes alone is made,
    // also again, for somebody wants that.
    onlyIfNoResult: isOneOfSeveral && !record.darkroom,
  });
}

/** Keys in S3 events are URL-encoded as in a form (AWS: "Event message structure"). */
function decodeEventKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return key;
  }
}
