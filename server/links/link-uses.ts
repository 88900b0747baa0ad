import type { Logger } from 'pino';
import type { Sequelize } from 'sequelize';
import { addLinkUses } from './link-table.ts';

export interface LinkUses {
  /** Counts one use of a link that has no limit. */
  count(linkId: string): void;
  /** Resolves when what was counted before the call is written, or could not be. */
  settled(): Promise<void>;
}

/**
 * Uses of links without a limit, written in batches: the first at once, then all that came while the last batch was
 * being written. So a quiet service is exact within milliseconds, and a busy one does not pay a commit for each use. What
 * a `kill -9` loses is a number that decides nothing.
 */
export function createLinkUses({
  sequelize,
  logger,
}: {
  sequelize: Sequelize;
  logger: Pick<Logger, 'warn'>;
}): LinkUses {
  let counted = new Map<string, number>();
  let writing: Promise<void> | null = null;

  async function write(): Promise<void> {
    while (counted.size > 0) {
      const batch = counted;
      counted = new Map();
      await addLinkUses(sequelize, batch).catch((error) =>
        logger.warn({ err: error, links: batch.size }, 'uses of expiring links could not be written'),
      );
    }
    writing = null;
  }

  return {
    count(linkId) {
      counted.set(linkId, (counted.get(linkId) ?? 0) + 1);
      writing ??= write();
    },
    async settled() {
      await writing;
    },
  };
}
