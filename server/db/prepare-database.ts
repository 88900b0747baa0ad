import type { Logger } from 'pino';
import { type AwaitDatabaseOptions, awaitDatabase } from './await-database.ts';
import { migrate } from './migrate.ts';

export interface PrepareDatabaseOptions extends AwaitDatabaseOptions {
  logger: Pick<Logger, 'info' | 'warn'>;
}

/** Waits for the database and brings it to this version. A StartupError tells why that cannot be. */
export async function prepareDatabase(options: PrepareDatabaseOptions): Promise<void> {
  const { url, logger, signal } = options;
  await awaitDatabase(options);
  await migrate({ url, logger, signal });
}
