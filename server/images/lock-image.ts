import type { Transaction } from 'sequelize';
import { lockAccount } from '../accounts/account-table.ts';
import type { Database } from '../models.ts';
import type { ImageModel } from './image.model.ts';

/**
 * Locks an image for a change: the row of its owner's account first, then its own. Every transaction that locks both
 * does it in this order, so that none waits in a circle. Null when there is no such image.
 */
export async function lockImage(
  { models }: Pick<Database, 'models'>,
  imageId: string,
  transaction: Transaction,
): Promise<ImageModel | null> {
  const found = await models.Image.findByPk(imageId, { attributes: ['ownerId'], transaction });
  if (!found || !(await lockAccount(transaction, found.ownerId))) return null;
  return models.Image.findByPk(imageId, { transaction, lock: transaction.LOCK.UPDATE });
}
