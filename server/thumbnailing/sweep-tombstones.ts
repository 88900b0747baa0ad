import type { Sequelize } from 'sequelize';
import { inParallel } from '../../core/async/in-parallel.ts';
import type { ObjectStore } from '../../core/storage/object-store.ts';
import { deleteObjects } from '../images/delete-objects.ts';
import { claimTombstones, moveTombstonesOn } from '../images/tombstone-table.ts';

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
      const keys = await claimTombstones(sequelize, atOnce);
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
      await all.finally(() => moveTombstonesOn(sequelize, done, schedule));
      cleared += done.length;
      if (keys.length < atOnce) break;
    }
    return { cleared };
  };
}
