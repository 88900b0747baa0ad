import type { Logger } from 'pino';
import { isMadeOf, type MadeKeyParts, parseMadeKey } from '../../core/storage/object-key.ts';
import type { ObjectStore } from '../../core/storage/object-store.ts';
import type { ThumbnailResult } from '../../core/thumbnails/thumbnail-result.ts';
import { deleteObjects } from '../images/delete-objects.ts';
import { missingHeights } from '../images/missing-thumbnails.ts';
import { deletedKeysOf } from '../images/tombstone-table.ts';
import type { Database } from '../models.ts';
import type { FunctionInvoker, FunctionResult, InvocationRequest } from './function-invoker.ts';
import { readResult, UnreadableResult } from './read-result.ts';
import { settleImage } from './settle-image.ts';
import {
  findImageToSettle,
  type ImageToSettle,
  type NextWork,
  type SettlementToWrite,
  writeSettlement,
} from './thumbnail-table.ts';

export interface ApplyResultDeps extends Pick<Database, 'sequelize'> {
  store: ObjectStore;
  invoker: FunctionInvoker;
  logger: Logger;
}

/**
 * - `applied`: something is known now that was not known before
 * - `unchanged`: all of it was known
 * - `deleted`: the image is deleted; what was made of it is deleted too
 * - `unknown`: no image and no tombstone has this key; nothing is touched
 * - `absent`: there is no such result object
 * - `unreadable`: what lies there is not a result; it is logged and left
 */
export type AppliedOutcome = 'applied' | 'unchanged' | 'deleted' | 'unknown' | 'absent' | 'unreadable';

export interface AppliedResult {
  outcome: AppliedOutcome;
  /** The image has all that its owner's tier asks for now, or can have no more. */
  complete: boolean;
  /** The function was asked for what is still missing. */
  asked: boolean;
}

/**
 * Takes in a result object of the thumbnail function: from its event, or found by the sweep. The same result ten times,
 * late or after a newer one ends in the same state. An error (store or database away) is safe to try again.
 */
export function applyResultOf(deps: ApplyResultDeps) {
  const { sequelize, store, invoker, logger } = deps;

  return async ({ resultKey, result: told }: FunctionResult): Promise<AppliedResult> => {
    const made = parseMadeKey(resultKey);
    if (!made?.isResult) return unknown();
    let result: ThumbnailResult | UnreadableResult | undefined = told;
    // Whoever changed the image in between brought it on, so this ends.
    for (;;) {
      const image = await findImageToSettle(sequelize, made.imageId);
      if (!image || !isMadeOf(image.objectKey, made)) return cleanUp(made);
      result ??= (await readOrLog({ originalKey: image.objectKey, resultKey })) ?? undefined;
      if (!result) return { outcome: 'absent', complete: false, asked: false };
      if (result instanceof UnreadableResult) return { outcome: 'unreadable', complete: false, asked: false };

      const { write, ask: request, ...outcome } = decide(image, result);
      if (write && !(await writeSettlement(sequelize, image, write))) continue;
      if (request) await ask(request);
      return outcome;
    }
  };

  async function readOrLog(keys: { originalKey: string; resultKey: string }) {
    return readResult(store, keys).catch((error) => {
      if (!(error instanceof UnreadableResult)) throw error;
      logger.error({ err: error, resultKey: keys.resultKey }, 'a result object cannot be read');
      return error;
    });
  }

  async function cleanUp(made: MadeKeyParts): Promise<AppliedResult> {
    const deleted = (await deletedKeysOf(sequelize, made.imageId)).find((objectKey) => isMadeOf(objectKey, made));
    if (!deleted) return unknown();
    await deleteObjects(store, [deleted]);
    return { outcome: 'deleted', complete: true, asked: false };
  }

  function unknown(): AppliedResult {
    logger.info('a result came for an original that nothing here knows; it is left alone');
    return { outcome: 'unknown', complete: false, asked: false };
  }

  async function ask(request: InvocationRequest): Promise<void> {
    await invoker.invoke(request).catch((error) => {
      logger.warn({ err: error }, 'thumbnails could not be requested; the sweep asks again');
    });
  }
}

export type ApplyResult = ReturnType<typeof applyResultOf>;

interface Decision extends AppliedResult {
  /** Null: all of it is known, and nothing is due that was not. */
  write: SettlementToWrite | null;
  /** What to ask the function for as soon as this is written. */
  ask: InvocationRequest | null;
}

function decide(image: ImageToSettle, result: ThumbnailResult): Decision {
  const settlement = settleImage(image, image.thumbnails, result);
  const made = settlement.thumbnails.map(({ tierHeight, format, madeAt }) => ({
    tierHeight,
    format,
    createdAt: madeAt,
  }));
  const heights = missingHeights(image, { ...image, ...settlement.image }, [...image.thumbnails, ...made]);
  const format = image.thumbnailFormat;
  const changed = settlement.visible || settlement.thumbnails.length > 0;
  // What this very result was to bring and did not is not asked for at once: the sweep does, with its back-off.
  const isNews = heights.some((height) => format !== result.recipe.format || !result.recipe.heights.includes(height));
  const ask: InvocationRequest | null =
    changed && isNews
      ? { originalKey: image.objectKey, ownerId: image.ownerId, recipe: { version: 1, heights, format } }
      : null;
  const next = nextWork(image, { missing: heights.length > 0, asked: ask !== null });
  return {
    outcome: changed ? 'applied' : 'unchanged',
    complete: heights.length === 0,
    asked: ask !== null,
    ask,
    write: changed || next !== 'unchanged' ? { ...settlement, isNews: settlement.visible, next } : null,
  };
}

function nextWork(image: ImageToSettle, { missing, asked }: { missing: boolean; asked: boolean }): NextWork {
  if (asked) return 'asked';
  if (missing) return image.workDueAt === null ? 'now' : 'unchanged';
  return image.workDueAt === null && image.attempts === 0 ? 'unchanged' : 'never';
}
