import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { QueryTypes, type Sequelize } from 'sequelize';
import type { ObjectStore } from '../../core/storage/object-store.ts';
import { firstRetrySeconds, retrySql } from './back-off.ts';

export interface RetryFailedDeps {
  sequelize: Sequelize;
  store: Pick<ObjectStore, 'check'>;
  logger: Pick<Logger, 'warn'>;
  /** The sweep is to look in so many seconds, or before. */
  wakeWithin(seconds: number): void;
}

/** Images whose retry is brought forward when the store is back; the others have their back-off. */
const maxRemembered = 10_000;
const askStoreEverySeconds = 1;

/**
 * Images whose thumbnails were not made through no fault of their own. They are due again within seconds, later each
 * time; and where the store was away, as soon as it answers.
 */
export function createRetryFailed({ sequelize, store, logger, wakeWithin }: RetryFailedDeps) {
  const stopping = new AbortController();
  const waiting = new Set<string>();
  let watching: Promise<void> | null = null;

  const isThere = () =>
    store.check().then(
      () => true,
      () => false,
    );

  /** A store that answers was away for a moment at most, or is not to blame: then the back-off is all there is. */
  async function watchStore(): Promise<void> {
    if (await isThere()) return;
    do {
      await sleep(askStoreEverySeconds * 1000, undefined, { signal: stopping.signal, ref: false }).catch(() => {});
    } while (!stopping.signal.aborted && !(await isThere()));
    if (stopping.signal.aborted) return;
    await sequelize.query(
      'UPDATE images SET work_due_at = now(), attempts = 0 WHERE id = ANY ($1) AND work_due_at > now()',
      {
        type: QueryTypes.BULKUPDATE,
        bind: [[...waiting]],
      },
    );
    wakeWithin(0);
  }

  return {
    failed: async (imageIds: readonly string[]): Promise<void> => {
      await sequelize.query(
        `UPDATE images SET work_due_at = least(work_due_at, now() + ${retrySql('attempts')}) WHERE id = ANY ($1)`,
        { type: QueryTypes.BULKUPDATE, bind: [[...imageIds]] },
      );
      wakeWithin(firstRetrySeconds);
      for (const id of imageIds) if (waiting.size < maxRemembered) waiting.add(id);
      watching ??= watchStore()
        .catch((error) =>
          logger.warn({ err: error }, 'images that wait for the store are tried again with their back-off'),
        )
        .finally(() => {
          waiting.clear();
          watching = null;
        });
    },
    stop: async () => {
      stopping.abort();
      await watching;
    },
  };
}

export type RetryFailed = ReturnType<typeof createRetryFailed>;
