import { QueryTypes, type Sequelize } from 'sequelize';
import type { ObjectStore } from '../../core/storage/object-store.ts';
import { deleteObjects } from '../images/delete-objects.ts';
import { inParallel } from './in-parallel.ts';

export interface SweepTombstonesDeps {
  sequelize: Sequelize;
  store: ObjectStore;
}

const atOnce = 64;
const lanes = 8;
/** After a deletion, for thumbnails that come late; at the last one the tombstone is forgotten. */
const schedule = ['1 minute', '1 hour', '1 day', '7 days', '30 days'];

/** Deletes what is left below the keys of deleted images, at once and again until nothing can come any more. */
export function sweepTombstonesOf({ sequelize, store }: SweepTombstonesDeps) {
  return async (signal: AbortSignal): Promise<{ cleared: number }> => {
    let cleared = 0;
    while (!signal.aborted) {
      const keys = await claim();
      const done: string[] = [];
      const all = inParallel(
        keys,
        lanes,
        async (key) => {
          await deleteObjects(store, [key]);
          done.push(key);
        },
        signal,
      );
      await all.finally(() => moveOn(done));
      cleared += done.length;
      if (keys.length < atOnce) break;
    }
    return { cleared };
  };

  /** For five minutes these are ours; a key that an image has (it never should) is left alone. */
  async function claim(): Promise<string[]> {
    const rows = await sequelize.query<{ objectKey: string }>(
      `UPDATE tombstones SET sweep_due_at = now() + interval '5 minutes'
       WHERE object_key IN (
         SELECT object_key FROM tombstones
         WHERE sweep_due_at <= now()
           AND NOT EXISTS (SELECT FROM images WHERE images.object_key = tombstones.object_key)
         ORDER BY sweep_due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
       RETURNING object_key AS "objectKey"`,
      { type: QueryTypes.SELECT, bind: [atOnce] },
    );
    return rows.map((row) => row.objectKey);
  }

  async function moveOn(keys: string[]): Promise<void> {
    if (keys.length === 0) return;
    await sequelize.query(
      `WITH forgotten AS (
         DELETE FROM tombstones WHERE object_key = ANY ($1) AND deleted_at + interval '${schedule.at(-1)}' <= now())
       UPDATE tombstones SET sweeps = sweeps + 1, sweep_due_at = (
         SELECT min(deleted_at + step) FROM unnest($2::interval[]) AS step WHERE deleted_at + step > now())
       WHERE object_key = ANY ($1) AND deleted_at + interval '${schedule.at(-1)}' > now()`,
      { bind: [keys, schedule] },
    );
  }
}
