import type { Sequelize, Transaction } from 'sequelize';
import { QueryTypes } from 'sequelize';
import type { Database } from '../db/models.ts';
import type { ImageModel } from './image.model.ts';

/** Locks one account's row against everybody else who changes its images, its quota or its tier. */
export async function lockAccount(sequelize: Sequelize, accountId: string, transaction: Transaction): Promise<boolean> {
  const rows = await sequelize.query('SELECT id FROM accounts WHERE id = $1 FOR NO KEY UPDATE', {
    type: QueryTypes.SELECT,
    bind: [accountId],
    transaction,
  });
  return rows.length > 0;
}

/**
 * Locks an image for a change: the row of its owner's account first, then its own. Every transaction that locks both
 * does it in this order, so that none waits in a circle. Null when there is no such image.
 */
export async function lockImage(
  { sequelize, models }: Database,
  imageId: string,
  transaction: Transaction,
): Promise<ImageModel | null> {
  const found = await models.Image.findByPk(imageId, { attributes: ['ownerId'], transaction });
  if (!found || !(await lockAccount(sequelize, found.ownerId, transaction))) return null;
  return models.Image.findByPk(imageId, { transaction, lock: transaction.LOCK.UPDATE });
}
