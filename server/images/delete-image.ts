import type { Logger } from 'pino';
import type { Transaction } from 'sequelize';
import { AppError } from '../../core/errors.ts';
import type { ObjectStore } from '../../core/storage/object-store.ts';
import { changeAccountUsage } from '../accounts/account-table.ts';
import type { RecordAudit } from '../audit/record-audit.ts';
import type { Actor, Origin } from '../kernel/actor.ts';
import { can } from '../kernel/permissions.ts';
import type { Database } from '../models.ts';
import { deleteObjects } from './delete-objects.ts';
import { lockImage } from './lock-image.ts';
import { recordImageChange } from './record-image-change.ts';
import { leaveTombstone } from './tombstone-table.ts';

export interface DeleteImageDeps extends Database {
  store: ObjectStore;
  recordAudit: RecordAudit;
  logger: Logger;
}

/** The caller does not wait longer than this for a slow store; what is not deleted by then is the sweep's. */
const patienceMs = 2_000;

/**
 * Deletes an image for good: row, thumbnails and links in one transaction, in which a tombstone is left that makes
 * the objects go, late thumbnails too. When it resolves, the image is gone or certain to go.
 *
 * Owners delete their own. With an origin it is a request of the panel: then the permission `images.delete` counts for
 * everybody's, and the log gets an entry. `not_found` for what is not there or not the actor's to delete.
 */
export function deleteImageOf(deps: DeleteImageDeps) {
  const { sequelize, store, logger } = deps;
  return async (actor: Actor, imageId: string, origin?: Origin): Promise<void> => {
    const objectKey = await sequelize.transaction((transaction) =>
      deleteRow(deps, { actor, imageId, origin }, transaction),
    );
    const deleted = deleteObjects(store, [objectKey]).catch((error) => {
      logger.warn({ err: error, imageId }, 'objects of a deleted image are still there; the sweep deletes them');
    });
    await Promise.race([deleted, after(patienceMs)]);
  };
}

/**
 * Deletes many images, each in a transaction of its own. What is not there, or not the actor's to delete, is left out:
 * the answer names the ones that are gone now.
 */
export function deleteImagesOf(deps: DeleteImageDeps) {
  const deleteImage = deleteImageOf(deps);
  return async (actor: Actor, imageIds: readonly string[], origin?: Origin): Promise<{ deleted: string[] }> => {
    const deleted: string[] = [];
    for (const imageId of new Set(imageIds)) {
      try {
        await deleteImage(actor, imageId, origin);
        deleted.push(imageId);
      } catch (error) {
        if (!(error instanceof AppError && error.code === 'not_found')) throw error;
      }
    }
    return { deleted };
  };
}

async function deleteRow(
  { models, recordAudit }: DeleteImageDeps,
  { actor, imageId, origin }: { actor: Actor; imageId: string; origin: Origin | undefined },
  transaction: Transaction,
): Promise<string> {
  const image = await lockImage({ models }, imageId, transaction);
  const mayDelete = image?.ownerId === actor.accountId || (origin !== undefined && can(actor, 'images.delete'));
  if (image?.state !== 'stored' || !mayDelete) throw new AppError('not_found', 'There is no such image.');

  const { objectKey, ownerId } = image;
  await recordImageChange(transaction, { ownerId, imageIds: [imageId], deleted: true });
  await changeAccountUsage(transaction, ownerId, { bytes: -Number(image.bytes), images: -1 });
  await leaveTombstone(transaction, { objectKey, imageId });
  await image.destroy({ transaction });
  if (origin) {
    await recordAudit(
      { actor, action: 'delete', resource: 'images', recordId: imageId, recordTitle: image.name, origin },
      transaction,
    );
  }
  return objectKey;
}

function after(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
}
