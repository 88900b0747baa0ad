import type { Sequelize, Transaction } from 'sequelize';

/**
 * Marks an original's key as deleted, in the transaction that deletes its row: from then on everything below it goes,
 * whenever it comes. The first look of the sweep is a minute later; whoever deletes tries by himself before.
 */
export async function leaveTombstone(
  sequelize: Sequelize,
  { objectKey, imageId }: { objectKey: string; imageId: string },
  transaction: Transaction,
): Promise<void> {
  await sequelize.query(
    `INSERT INTO tombstones (object_key, image_id, sweep_due_at) VALUES ($1, $2, now() + interval '1 minute')
     ON CONFLICT (object_key) DO NOTHING`,
    { bind: [objectKey, imageId], transaction },
  );
}
