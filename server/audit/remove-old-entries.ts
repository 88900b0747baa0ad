import { QueryTypes, type Sequelize } from 'sequelize';
import { advisoryLockSql } from '../db/advisory-locks.ts';

const atOnce = 2_000;
const maxBatches = 20;

/**
 * Removes whole days of the log that are past the retention, by the one function of the database that may. Of several
 * servers one does it. Answers how many entries, and whether there may be more. 0 days: the log is kept for good.
 */
export function removeOldEntriesOf({ sequelize, retentionDays }: { sequelize: Sequelize; retentionDays: number }) {
  return async (signal: AbortSignal): Promise<{ purged: number; more: boolean }> => {
    let purged = 0;
    if (retentionDays === 0) return { purged, more: false };
    for (let batch = 0; batch < maxBatches && !signal.aborted; batch += 1) {
      const [row] = await sequelize.query<{ count: number }>(
        `SELECT CASE WHEN ${advisoryLockSql('log-retention')} THEN remove_old_audit_entries($1, $2) ELSE 0 END AS count`,
        { type: QueryTypes.SELECT, bind: [retentionDays, atOnce] },
      );
      purged += row?.count ?? 0;
      if (row?.count !== atOnce) return { purged, more: false };
    }
    return { purged, more: true };
  };
}
