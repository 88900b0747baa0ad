import type { Logger } from 'pino';
import { QueryTypes } from 'sequelize';
import type { ObjectStore } from '../../../core/storage/object-store.ts';
import { changeAccountUsage, lockAccount } from '../../accounts/account-table.ts';
import type { Database } from '../../models.ts';
import { deleteObjects } from '../delete-objects.ts';
import { leaveTombstone } from '../tombstone-table.ts';

export interface EndUploadDeps extends Database {
  store: ObjectStore;
  logger: Logger;
}

export interface UploadToEnd {
  imageId: string;
  ownerId: string;
  objectKey: string;
  /** The store may have the bytes, or get them still: a tombstone stays, and the sweep deletes what comes. */
  mayHaveObject: boolean;
}

/**
 * Ends an upload that failed: row, name and quota are given back in one transaction, then the object goes. Answers
 * `stored` when the upload went well after all (the answer to the COMMIT was lost). Never rejects: what cannot be done
 * now, the sweep does when the lease is past.
 */
export async function endUpload(deps: EndUploadDeps, upload: UploadToEnd): Promise<'ended' | 'stored'> {
  const { store, logger } = deps;
  try {
    const outcome = await endRow(deps, upload);
    if (outcome === 'ended' && upload.mayHaveObject) await deleteObjects(store, [upload.objectKey]);
    return outcome;
  } catch (error) {
    logger.warn({ err: error, imageId: upload.imageId }, 'a failed upload could not be ended; the sweep ends it');
    return 'ended';
  }
}

async function endRow({ sequelize, models }: Database, upload: UploadToEnd): Promise<'ended' | 'stored'> {
  const { imageId, ownerId, objectKey, mayHaveObject } = upload;
  return sequelize.transaction(async (transaction) => {
    await lockAccount(transaction, ownerId);
    const [ended] = await sequelize.query<{ reservedBytes: number }>(
      `DELETE FROM images WHERE id = $1 AND state = 'uploading' RETURNING reserved_bytes AS "reservedBytes"`,
      { type: QueryTypes.SELECT, bind: [imageId], transaction },
    );
    if (ended) await changeAccountUsage(transaction, ownerId, { bytes: -ended.reservedBytes });
    else if (await models.Image.findByPk(imageId, { attributes: ['id'], transaction })) return 'stored';
    if (mayHaveObject) await leaveTombstone(transaction, { objectKey, imageId });
    return 'ended';
  });
}
