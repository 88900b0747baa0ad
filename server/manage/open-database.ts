import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { awaitDatabase } from '../db/await-database.ts';
import { isEmbedded, makeDataFolder, postgresDirectory } from '../embedded/data-folder.ts';
import { acquireDataFolderLock, tryDataFolderLock } from '../embedded/data-folder-lock.ts';
import { findEmbeddedPostgres, startEmbeddedPostgres } from '../embedded/postgres.ts';
import type { Shutdown } from '../process/shutdown.ts';
import { StartupError } from '../process/startup-error.ts';

export interface OpenDatabaseOptions {
  config: Config;
  logger: Logger;
  /** `npm run manage -- migrate` */
  purpose: string;
  shutdown: Shutdown;
  waitMilliseconds?: number;
  /** For a command that a server must not run beside: refuses while one uses the data folder, then does this first. */
  whileStopped?(): Promise<void>;
}

/**
 * The URL of the database, for the time of a command: the one of the settings; else the one that the running server
 * started; else the embedded one is started, and stopped again by `shutdown`.
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<string> {
  const { config, logger, purpose, shutdown, waitMilliseconds = 60_000, whileStopped } = options;
  const startOwn = async () => {
    const postgres = await startEmbeddedPostgres({ directory: postgresDirectory(config), logger });
    shutdown.add('embedded PostgreSQL', () => postgres.stop());
    return postgres.url;
  };
  if (whileStopped) {
    if (isEmbedded(config)) {
      await makeDataFolder(config.dataDirectory);
      const lock = await acquireDataFolderLock({
        directory: config.dataDirectory,
        kind: 'command',
        purpose,
        waitForCommandsMilliseconds: waitMilliseconds,
        signal: shutdown.stopping,
      });
      shutdown.add('lock of the data folder', () => lock.release());
    }
    await whileStopped();
  }
  if (config.databaseUrl !== null) {
    await awaitDatabase({ url: config.databaseUrl, logger, signal: shutdown.stopping, waitMilliseconds: 10_000 });
    return config.databaseUrl;
  }
  if (whileStopped) return startOwn();
  const directory = config.dataDirectory;
  await makeDataFolder(directory);
  const deadline = Date.now() + waitMilliseconds;
  for (;;) {
    const lock = await tryDataFolderLock({ directory, kind: 'command', purpose });
    if ('release' in lock) {
      shutdown.add('lock of the data folder', () => lock.release());
      return startOwn();
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
