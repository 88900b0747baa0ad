import type { Logger } from 'pino';
import { literal } from 'sequelize';
import type { ObjectStore } from '../../core/storage/object-store.ts';
import { changeAccountUsage } from '../accounts/account-table.ts';
import { deleteObjects } from '../images/delete-objects.ts';
import { lockImage } from '../images/lock-image.ts';
import { leaveTombstone } from '../images/tombstone-table.ts';
import type { Database } from '../models.ts';

export interface SweepDeadUploadsDeps extends Database {
  store: ObjectStore;
  logger: Logger;
}

const atOnce = 100;

/**
 * Uploads whose process died: the lease that it kept moving on is past. Nobody was told that the image is here, so row,
 * name, quota and bytes are given back. A tombstone stays for the key, should the bytes still be on their way.
 *
 * One case is different. An object that was written after the lease ended was not written by the upload that this row
 * knows: the database is older than the store (a restored backup), and the upload went well later. Only the row goes;
 * the object is for `manage check`.
 */
export function sweepDeadUploadsOf({ sequelize, models, store, logger }: SweepDeadUploadsDeps) {
  return async (signal: AbortSignal): Promise<{ ended: number }> => {
    let ended = 0;
    let after = '00000000-0000-0000-0000-000000000000';
    while (!signal.aborted) {
      const dead = await findDead(after);
      for (const { id, objectKey } of dead) {
        if (signal.aborted) break;
        if (await end(id, objectKey)) ended += 1;
      }
      if (dead.length < atOnce) break;
      after = dead.at(-1)?.id ?? after;
    }
    return { ended };
  };

  async function findDead(after: string) {
    return models.Image.findAll({
      attributes: ['id', 'objectKey'],
      where: literal(`state = 'uploading' AND upload_lease_until < now() AND id > ${sequelize.escape(after)}`),
      order: [['id', 'ASC']],
      limit: atOnce,
    });
  }

  async function end(imageId: string, objectKey: string): Promise<boolean> {
    const object = await store.head('originals', objectKey);
    const outcome = await sequelize.transaction(async (transaction) => {
      const image = await lockImage({ models }, imageId, transaction);
      if (image?.state !== 'uploading' || !image.uploadLeaseUntil) return 'alive';
      const [alive] = await models.Image.findAll({
        attributes: ['id'],
        where: literal(`id = ${sequelize.escape(imageId)} AND upload_lease_until >= now()`),
        transaction,
      });
      if (alive) return 'alive';
      const isNotIts = object !== null && object.lastModified > image.uploadLeaseUntil;
      if (!isNotIts) await leaveTombstone(transaction, { objectKey, imageId });
      await changeAccountUsage(transaction, image.ownerId, { bytes: -Number(image.reservedBytes) });
      await image.destroy({ transaction });
      return isNotIts ? 'kept' : 'deleted';
    });
    if (outcome === 'kept') {
      logger.error({ imageId }, 'an original is newer than the database knows of; it is left for "manage check"');
    }
    if (outcome === 'deleted') await deleteObjects(store, [objectKey]);
    return outcome !== 'alive';
  }
}
