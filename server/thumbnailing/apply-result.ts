import type { Logger } from 'pino';
import { literal, type Transaction } from 'sequelize';
import { isMadeOf, type MadeKeyParts, parseMadeKey } from '../../core/storage/object-key.ts';
import type { ObjectStore } from '../../core/storage/object-store.ts';
import type { ThumbnailResult } from '../../core/thumbnails/thumbnail-result.ts';
import type { Database } from '../db/models.ts';
import { deleteObjects } from '../images/delete-objects.ts';
import type { ImageModel } from '../images/image.model.ts';
import { lockImage } from '../images/lock-image.ts';
import { recordImageChange } from '../images/record-image-change.ts';
import type { FunctionInvoker, FunctionResult, InvocationRequest } from './function-invoker.ts';
import { missingHeights } from './missing-thumbnails.ts';
import { readResult, UnreadableResult } from './read-result.ts';
import { type Settlement, settleImage } from './settle-image.ts';

export interface ApplyResultDeps extends Database {
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
  const { sequelize, models, store, invoker, logger } = deps;

  return async ({ resultKey, result: told }: FunctionResult): Promise<AppliedResult> => {
    const made = parseMadeKey(resultKey);
    if (!made?.isResult) return unknown();
    const image = await models.Image.findByPk(made.imageId, { attributes: ['objectKey'] });
    if (!image || !isMadeOf(image.objectKey, made)) return cleanUp(made);

    const originalKey = image.objectKey;
    const result =
      told ??
      (await readResult(store, { originalKey, resultKey }).catch((error) => {
        if (!(error instanceof UnreadableResult)) throw error;
        logger.error({ err: error, resultKey }, 'a result object cannot be read');
        return error;
      }));
    if (result instanceof UnreadableResult) return { outcome: 'unreadable', complete: false, asked: false };
    if (!result) return { outcome: 'absent', complete: false, asked: false };

    const applied = await sequelize.transaction((transaction) => applyTo(deps, made.imageId, result, transaction));
    if (!applied) return cleanUp(made);
    const { ask: request, ...outcome } = applied;
    if (request) await ask(request);
    return outcome;
  };

  async function cleanUp(made: MadeKeyParts): Promise<AppliedResult> {
    const tombstones = await models.Tombstone.findAll({
      attributes: ['objectKey'],
      where: { imageId: made.imageId },
    });
    const deleted = tombstones.find(({ objectKey }) => isMadeOf(objectKey, made));
    if (!deleted) return unknown();
    await deleteObjects(store, [deleted.objectKey]);
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

interface AppliedInTransaction extends AppliedResult {
  /** What to ask the function for as soon as this is committed. */
  ask: InvocationRequest | null;
}

async function applyTo(
  { sequelize, models }: ApplyResultDeps,
  imageId: string,
  result: ThumbnailResult,
  transaction: Transaction,
): Promise<AppliedInTransaction | null> {
  const image = await lockImage({ models }, imageId, transaction);
  if (!image) return null;
  const [thumbnails, owner] = await Promise.all([
    models.Thumbnail.findAll({ where: { imageId }, transaction }),
    models.Account.findByPk(image.ownerId, { include: 'tier', transaction, rejectOnEmpty: true }),
  ]);
  if (!owner.tier) throw new Error(`account ${owner.id} has no tier`);

  const settlement = settleImage(image, thumbnails, result);
  await writeThumbnails({ sequelize, models }, imageId, settlement, transaction);

  const made = settlement.thumbnails.map(({ tierHeight, format, madeAt }) => ({
    tierHeight,
    format,
    createdAt: madeAt,
  }));
  const heights = missingHeights(owner.tier, { ...image.get(), ...settlement.image }, [...thumbnails, ...made]);
  const format = owner.tier.thumbnailFormat;
  const changed = settlement.visible || settlement.thumbnails.length > 0;
  // What this very result was to bring and did not is not asked for at once: the sweep does, with its back-off.
  const isNews = heights.some((height) => format !== result.recipe.format || !result.recipe.heights.includes(height));
  const ask: InvocationRequest | null =
    changed && isNews
      ? { originalKey: image.objectKey, ownerId: image.ownerId, recipe: { version: 1, heights, format } }
      : null;

  await writeImage(
    { sequelize, models },
    image,
    settlement,
    { missing: heights.length > 0, asked: ask !== null },
    transaction,
  );
  if (settlement.visible && image.state === 'stored') {
    await recordImageChange(transaction, { ownerId: image.ownerId, imageIds: [imageId] });
  }
  return { outcome: changed ? 'applied' : 'unchanged', complete: heights.length === 0, asked: ask !== null, ask };
}

async function writeThumbnails(
  { models }: Database,
  imageId: string,
  settlement: Settlement,
  transaction: Transaction,
) {
  if (settlement.thumbnails.length === 0) return;
  await models.Thumbnail.bulkCreate(
    settlement.thumbnails.map(({ key, madeAt, ...made }) => ({ ...made, imageId, objectKey: key, createdAt: madeAt })),
    {
      updateOnDuplicate: ['width', 'height', 'bytes', 'contentType', 'objectKey', 'createdAt'],
      conflictAttributes: ['imageId', 'tierHeight', 'format'],
      transaction,
    },
  );
}

async function writeImage(
  { models }: Database,
  image: ImageModel,
  settlement: Settlement,
  work: { missing: boolean; asked: boolean },
  transaction: Transaction,
): Promise<void> {
  const change: Parameters<typeof models.Image.update>[0] = { ...settlement.image };
  if (settlement.visible) change.updatedAt = literal('now()');
  if (work.asked) Object.assign(change, { workDueAt: literal(`now() + interval '1 minute'`), attempts: 0 });
  else if (!work.missing) Object.assign(change, { workDueAt: null, attempts: 0 });
  else if (image.workDueAt === null) change.workDueAt = literal('now()');
  if (Object.keys(change).length > 0) await models.Image.update(change, { where: { id: image.id }, transaction });
}
