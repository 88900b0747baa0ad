import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { awaitDatabase } from '../db/await-database.ts';
import { makeDataFolder, postgresDirectory } from '../embedded/data-folder.ts';
import { tryDataFolderLock } from '../embedded/data-folder-lock.ts';
import { findEmbeddedPostgres, startEmbeddedPostgres } from '../embedded/postgres.ts';
import type { Shutdown } from '../ops/shutdown.ts';
import { StartupError } from '../ops/startup-error.ts';

export interface OpenDatabaseOptions {
  config: Config;
  logger: Logger;
  /** `npm run manage -- migrate` */
  purpose: string;
  shutdown: Shutdown;
  waitMilliseconds?: number;
}

/**
 * The URL of the database, for the time of a command: the one of the settings; else the one that the running server
 * started; else the embedded one is started, and stopped again by `shutdown`.
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<string> {
  const { config, logger, purpose, shutdown, waitMilliseconds = 60_000 } = options;
  if (config.databaseUrl !== null) {
    await awaitDatabase({ url: config.databaseUrl, logger, signal: shutdown.stopping, waitMilliseconds: 10_000 });
    return config.databaseUrl;
  }
  const directory = config.dataDirectory;
  await makeDataFolder(directory);
  const deadline = Date.now() + waitMilliseconds;
  for (;;) {
    const lock = await tryDataFolderLock({ directory, kind: 'command', purpose });
    if ('release' in lock) {
      shutdown.add('lock of the data folder', () => lock.release());
      const postgres = await startEmbeddedPostgres({ directory: postgresDirectory(config), logger });
      shutdown.add('embedded PostgreSQL', () => postgres.stop());
      return postgres.url;
    }
    const url = lock.kind === 'server' ? await findEmbeddedPostgres(postgresDirectory(config)) : null;
    if (url !== null) {
      // The server may have started it only just now.
      await awaitDatabase({ url, logger, signal: shutdown.stopping, waitMilliseconds: 30_000 });
      return url;
    }
    if (Date.now() > deadline) {
      throw new StartupError(
        `The data folder ${directory} is in use by ${lock.purpose} (process ${lock.pid}), without end.`,
      );
    }
    await sleep(100, undefined, { signal: shutdown.stopping });
  }
}
