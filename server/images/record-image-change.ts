import type { Sequelize, Transaction } from 'sequelize';
import { QueryTypes } from 'sequelize';

export const imageEventsChannel = 'image_events';

export interface ImageChange {
  ownerId: string;
  imageIds: readonly string[];
  /** The images are gone. */
  deleted?: boolean;
}

/**
 * Tells everybody that images of one account changed, in the transaction of the change: the list's ETag
 * (`accounts.images_version`), a row in `image_events` for whoever comes back later, and a NOTIFY for who listens.
 *
 * The row of the account is locked before an event gets its number, and until the commit. So the numbers of one
 * account's events are in the order in which their transactions committed: who has seen N misses nothing below it.
 * No other code may write to `image_events`.
 */
export async function recordImageChange(
  sequelize: Sequelize,
  { ownerId, imageIds, deleted = false }: ImageChange,
  transaction: Transaction,
): Promise<void> {
  if (imageIds.length === 0) return;
  await sequelize.query(
    `WITH bumped AS (
       UPDATE accounts SET images_version = images_version + 1 WHERE id = $1 RETURNING id
     ), noted AS (
       INSERT INTO image_events (owner_id, image_id, deleted)
       SELECT bumped.id, changed.id, $3 FROM bumped, unnest($2::uuid[]) AS changed (id)
       RETURNING id, owner_id, image_id, deleted, created_at
     )
     SELECT pg_notify('${imageEventsChannel}', json_build_object(
       'id', id, 'ownerId', owner_id, 'imageId', image_id, 'deleted', deleted,
       'at', floor(extract(epoch FROM created_at) * 1000)::bigint)::text)
     FROM noted`,
    { type: QueryTypes.SELECT, bind: [ownerId, [...imageIds], deleted], transaction },
  );
}
