import type { Transaction } from 'sequelize';
import type { Models } from '../db/models.ts';
import { recordImageChange } from './record-image-change.ts';

/**
 * One image changed or is gone: `recordImageChange` for a single one. It counts `accounts.images_version` up as well,
 * and locks the account's row until the commit.
 */
export async function publishImageEvent(
  models: Models,
  { ownerId, imageId, deleted = false }: { ownerId: string; imageId: string; deleted?: boolean },
  transaction: Transaction,
): Promise<void> {
  const { sequelize } = models.Account;
  if (!sequelize) throw new Error('the models are not connected');
  await recordImageChange(sequelize, { ownerId, imageIds: [imageId], deleted }, transaction);
}
