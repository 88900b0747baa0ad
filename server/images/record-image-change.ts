import type { Transaction } from 'sequelize';
import { defineStatement, execute } from '../db/statement.ts';

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
  transaction: Transaction,
  { ownerId, imageIds, deleted = false }: ImageChange,
): Promise<void> {
  if (imageIds.length === 0) return;
  await execute(transaction, recordChange, [ownerId, [...imageIds], deleted]);
}

/**
 * SQL: writes the events of one account and announces them. `source` selects the columns `owner_id`, `image_id` and
 * `deleted` from the statement's own update of `accounts.images_version`, which has locked the row.
 */
export const imageEventsSql = {
  noted: (source: string) =>
    `INSERT INTO image_events (owner_id, image_id, deleted) ${source} RETURNING id, owner_id, image_id, deleted, created_at`,
  /** For a row of `noted`; `settled` says whether the change settled the image. */
  announce: (settled = 'false') => `pg_notify('${imageEventsChannel}', json_build_object(
    'id', id, 'ownerId', owner_id, 'imageId', image_id, 'deleted', deleted, 'settled', ${settled},
    'at', floor(extract(epoch FROM created_at) * 1000)::bigint)::text)::text`,
};

const recordChange = defineStatement<{ announced: string }, [ownerId: string, imageIds: string[], deleted: boolean]>({
  name: 'images.record-change',
  columns: { announced: 'text' },
  text: `WITH bumped AS (
      UPDATE accounts SET images_version = images_version + 1 WHERE id = $1 RETURNING id
    ), noted AS (
      ${imageEventsSql.noted('SELECT bumped.id, changed.id, $3::boolean FROM bumped, unnest($2::uuid[]) AS changed (id)')}
    )
    SELECT ${imageEventsSql.announce()} AS announced FROM noted`,
});
