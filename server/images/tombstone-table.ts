import type { Sequelize, Transaction } from 'sequelize';
import { defineStatement, execute } from '../db/statement.ts';

/** What is left of deleted images: everything below their keys is deleted, whenever it comes. */

const leave = defineStatement<object, [objectKey: string, imageId: string]>({
  name: 'tombstones.leave',
  columns: {},
  text: `INSERT INTO tombstones (object_key, image_id, sweep_due_at) VALUES ($1, $2, now() + interval '1 minute')
    ON CONFLICT (object_key) DO NOTHING`,
});

/**
 * Marks an original's key as deleted, in the transaction that deletes its row. The sweep looks a minute later for the first
 * time; whoever deletes tries before.
 */
export async function leaveTombstone(
  transaction: Transaction,
  { objectKey, imageId }: { objectKey: string; imageId: string },
): Promise<void> {
  await execute(transaction, leave, [objectKey, imageId]);
}

const leaveForOwner = defineStatement<object, [ownerId: string]>({
  name: 'tombstones.leave-for-owner',
  columns: {},
  text: `INSERT INTO tombstones (object_key, image_id) SELECT object_key, id FROM images WHERE owner_id = $1
    ON CONFLICT (object_key) DO NOTHING`,
});

/** For every image of an account, also for one that is still coming in. Answers how many there were. */
export async function leaveTombstonesForOwner(transaction: Transaction, ownerId: string): Promise<number> {
  return (await execute(transaction, leaveForOwner, [ownerId])).rowCount;
}

const ofImage = defineStatement<{ objectKey: string }, [imageId: string]>({
  name: 'tombstones.of-image',
  columns: { objectKey: 'text' },
  text: 'SELECT object_key AS "objectKey" FROM tombstones WHERE image_id = $1',
});

/** The keys of deleted originals of one image. */
export async function deletedKeysOf(on: Sequelize | Transaction, imageId: string): Promise<string[]> {
  return (await execute(on, ofImage, [imageId])).rows.map(({ objectKey }) => objectKey);
}

const claim = defineStatement<{ objectKey: string }, [limit: number]>({
  name: 'tombstones.claim',
  columns: { objectKey: 'text' },
  text: `UPDATE tombstones SET sweep_due_at = now() + interval '5 minutes'
    WHERE object_key IN (
      SELECT object_key FROM tombstones
      WHERE sweep_due_at <= now()
        AND NOT EXISTS (SELECT FROM images WHERE images.object_key = tombstones.object_key)
      ORDER BY sweep_due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
    RETURNING object_key AS "objectKey"`,
});

/** Keys that are due: for five minutes they are the caller's. A key that an image has (it never should) is left alone. */
export async function claimTombstones(on: Sequelize | Transaction, limit: number): Promise<string[]> {
  return (await execute(on, claim, [limit])).rows.map(({ objectKey }) => objectKey);
}

const moveOn = defineStatement<object, [objectKeys: string[], schedule: string[]]>({
  name: 'tombstones.move-on',
  columns: {},
  text: `WITH step AS (SELECT unnest($2::interval[]) AS after),
    forgotten AS (
      DELETE FROM tombstones
      WHERE object_key = ANY ($1) AND deleted_at + (SELECT max(after) FROM step) <= now())
    UPDATE tombstones SET sweeps = sweeps + 1, sweep_due_at = (
      SELECT min(deleted_at + after) FROM step WHERE deleted_at + after > now())
    WHERE object_key = ANY ($1) AND deleted_at + (SELECT max(after) FROM step) > now()`,
});

/**
 * The objects of these keys are deleted: the next look is the next step of the schedule (intervals after the deletion), and
 * after the last one the tombstone is forgotten.
 */
export async function moveTombstonesOn(
  on: Sequelize | Transaction,
  objectKeys: readonly string[],
  schedule: readonly string[],
): Promise<void> {
  if (objectKeys.length > 0) await execute(on, moveOn, [[...objectKeys], [...schedule]]);
}
