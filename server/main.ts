import { fileURLToPath } from 'node:url';
import { checkPassword } from './accounts/password-rules.ts';
import { type Config, loadConfig, readEnvironment, unknownSettings } from './config.ts';
import { isEmbedded, makeDataFolder, postgresDirectory, secretsDirectory } from './embedded/data-folder.ts';
import { acquireDataFolderLock } from './embedded/data-folder-lock.ts';
import { startEmbeddedPostgres } from './embedded/postgres.ts';
import { loadSecrets } from './embedded/secrets.ts';
import type { Front } from './front.ts';
import { messageFor } from './message-for.ts';
import { createLogger } from './process/logger.ts';
import { endOnSignals, endOnUncaught } from './process/run-program.ts';
import { createShutdown, type Shutdown } from './process/shutdown.ts';
import { startupText } from './process/startup-text.ts';
import { type StartAloneDeps, startAlone } from './start-alone.ts';

type Log = ReturnType<typeof createLogger>;

/** The server's life: settings, folder, port, database, container, requests; and the same backwards. */
async function main(): Promise<void> {
  const config = readSettings();
  const logger = createLogger({ level: config.logLevel, stream: process.stdout });
  const shutdown = createShutdown({ logger });
  endOnSignals(shutdown);
  endOnUncaught(shutdown, logger);
  const starting = start(config, logger, shutdown);
  shutdown.after(starting);
  try {
    await starting;
  } catch (error) {
    // A start that a signal cut short ends by that signal.
    if (shutdown.stopping.aborted) return;
    process.exitCode = 1;
    process.stderr.write(`${messageFor(error)}\n`);
    await shutdown.run(null);
    process.exit();
  }
}

function readSettings(): Config {
  try {
    const environment = readEnvironment();
    // First: a name with a typing error is often why another setting seems to be missing.
    for (const sentence of unknownSettings()) process.stderr.write(`${sentence}\n`);
    return loadConfig({ environment, checkPassword });
  } catch (error) {
    process.stderr.write(`${messageFor(error)}\n`);
    process.exit(1);
  }
}

async function start(config: Config, logger: Log, shutdown: Shutdown): Promise<void> {
  await makeDataFolder(config.dataDirectory);
  if (isEmbedded(config)) {
    const lock = await acquireDataFolderLock({
      directory: config.dataDirectory,
      kind: 'server',
      purpose: `the server at ${config.publicUrl}`,
      waitForCommandsMilliseconds: 30_000,
      signal: shutdown.stopping,
    });
    shutdown.add('lock of the data folder', () => lock.release());
  }
  const front = await open({ config, logger, shutdown });
  const importing = import('./db/prepare-database.ts');
  importing.catch(() => {});
  const databaseUrl = config.databaseUrl ?? (await startPostgres(config, logger, shutdown));
  shutdown.stopping.throwIfAborted();
  const { prepareDatabase } = await importing;
  await prepareDatabase({ url: databaseUrl, logger, signal: shutdown.stopping });
  const secrets = await loadSecrets(secretsDirectory(config), config.secrets);
  const firstAdmin = await front.serve({ databaseUrl, secrets });
  const people = process.stdout.isTTY ? process.stdout : process.stderr;
  people.write(startupText({ config, firstAdmin }));
  logger.info({ url: config.publicUrl }, 'ready');
}

async function open(deps: StartAloneDeps): Promise<Front> {
  if (deps.config.workers === 1) return startAlone(deps);
  const { startWithWorkers } = await import('./workers/start-with-workers.ts');
  return startWithWorkers({ ...deps, workerFile: fileURLToPath(new URL('./worker.js', import.meta.url)) });
}

async function startPostgres(config: Config, logger: Log, shutdown: Shutdown): Promise<string> {
  const postgres = await startEmbeddedPostgres({ directory: postgresDirectory(config), logger });
  shutdown.add('embedded PostgreSQL', () => postgres.stop());
  return postgres.url;
}

await main();
