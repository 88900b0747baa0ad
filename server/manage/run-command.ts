import { createPasswordLinkTokens } from '../accounts/password-link-token.ts';
import { checkPassword } from '../accounts/password-rules.ts';
import { createPasswords } from '../accounts/passwords.ts';
import { recordAuditOf } from '../audit/record-audit.ts';
import { type Config, loadConfig, readEnvironment, unknownSettings } from '../config.ts';
import { migrate } from '../db/migrate.ts';
import { createSequelize } from '../db/sequelize.ts';
import { secretsDirectory } from '../embedded/data-folder.ts';
import { loadSecrets } from '../embedded/secrets.ts';
import { matchInstallation } from '../installation/match-installation.ts';
import { messageFor } from '../message-for.ts';
import { createModels } from '../models.ts';
import { openDiskStore, openS3Store, openStore } from '../open-store.ts';
import { createLogger } from '../process/logger.ts';
import { endOnSignals } from '../process/run-program.ts';
import { createShutdown } from '../process/shutdown.ts';
import { StartupError } from '../process/startup-error.ts';
import { ensureFirstTiers } from '../tiers/first-tiers.ts';
import { createAccountCommands } from './account-commands.ts';
import { openDatabase } from './open-database.ts';
import { readPassword } from './read-password.ts';

export type CommandContext = Awaited<ReturnType<typeof openContext>>;

/**
 * Runs one command on the service's database, brought to the newest version first, and ends the program: with 0 only
 * when the command is done. Answers go to stdout, everything else to stderr.
 */
export async function runCommand(
  name: string,
  work: (context: CommandContext) => Promise<string>,
  /** Done before the database is opened, while no server uses the data folder; such a server makes the command refuse. */
  whileStopped?: (config: Config) => Promise<void>,
): Promise<void> {
  const environment = readEnvironment();
  const logger = createLogger({ level: 'warn', stream: process.stderr });
  const shutdown = createShutdown({ logger });
  let answer: string | null = null;
  const running = (async () => {
    const context = await openContext({ name, environment, logger, shutdown, whileStopped });
    answer = await work(context);
  })();
  shutdown.after(running);
  process.exitCode = 1;
  endOnSignals(shutdown);
  try {
    await running;
  } catch (error) {
    process.stderr.write(`${messageFor(error)}\n`);
  }
  await shutdown.run(null);
  if (answer !== null) {
    process.exitCode = 0;
    process.stdout.write(`${answer}\n`);
  }
}

interface ContextOptions {
  name: string;
  environment: ReturnType<typeof readEnvironment>;
  logger: ReturnType<typeof createLogger>;
  shutdown: ReturnType<typeof createShutdown>;
  whileStopped?: (config: Config) => Promise<void>;
}

async function openContext({ name, environment, logger, shutdown, whileStopped }: ContextOptions) {
  for (const sentence of unknownSettings()) process.stderr.write(`${sentence}\n`);
  const config = loadConfig({ environment, checkPassword });
  const purpose = `the command "manage ${name}"`;
  const url = await openDatabase({
    config,
    logger,
    purpose,
    shutdown,
    ...(whileStopped && { whileStopped: () => whileStopped(config) }),
  });
  const sequelize = createSequelize({
    url,
    poolSize: 6,
    applicationName: 'darkroom manage',
    preparedStatements: config.databasePreparedStatements,
  });
  shutdown.add('database', () => sequelize.close());
  const migrations = await migrate({ url, logger, signal: shutdown.stopping });
  const models = createModels(sequelize);
  const recordAudit = recordAuditOf(models);
  const base = { sequelize, models, recordAudit };
  await ensureFirstTiers(base)();
  const openOwnStore = async () => {
    const secrets = await loadSecrets(secretsDirectory(config), config.secrets);
    const { store } = await openStore({ config, secrets });
    shutdown.add('store', () => store.close());
    return { store, secrets };
  };
  return {
    config,
    logger,
    database: { sequelize, models },
    databaseUrl: url,
    recordAudit,
    stopping: shutdown.stopping,
    /** The one of this database: a StartupError for any other. Closed at the end of the command. */
    store: async () => {
      const { store } = await openOwnStore();
      await matchInstallation({ ...base, store, secrets: null, config, logger, waitMilliseconds: 5_000 });
      return store;
    },
    /** The folder and the buckets of the settings, whichever of them is in use: `from` is the one of this database. */
    storesToMove: async (to: 's3' | 'disk') => {
      if (!config.s3) {
        throw new StartupError(
          'Set S3_ORIGINALS_BUCKET and S3_THUMBNAILS_BUCKET (and what else reaches them, see .env.example) for this command alone: the service goes on with the store that it has.',
        );
      }
      const secrets = await loadSecrets(secretsDirectory(config), config.secrets);
      const disk = openDiskStore({ config, secrets });
      shutdown.add('folder', () => disk.close());
      const s3 = await openS3Store(config.s3);
      shutdown.add('buckets', () => s3.close());
      const [source, target] = to === 's3' ? [disk, s3] : [s3, disk];
      const sourceConfig = { s3: to === 's3' ? null : config.s3 };
      const match = { ...base, store: source, secrets: null, config: sourceConfig, logger, waitMilliseconds: 5_000 };
      await matchInstallation(match);
      return { source, target };
    },
    /** Binds database, buckets and secrets to each other, whatever they were bound to. */
    adopt: async () => {
      const { store, secrets } = await openOwnStore();
      return matchInstallation({ ...base, store, secrets, config, logger, waitMilliseconds: 5_000, isAdopting: true });
    },
    /** Closed at the end of the command, before the store. */
    closeLater: shutdown.add,
    migrations,
    accounts: createAccountCommands({
      ...base,
      passwords: createPasswords(),
      publicUrl: config.publicUrl,
      passwordLinks: async () =>
        createPasswordLinkTokens((await loadSecrets(secretsDirectory(config), config.secrets)).session),
    }),
    password: ({ fromStdin }: { fromStdin: boolean }) =>
      readPassword({
        fromStdin,
        fromEnvironment: environment.DARKROOM_PASSWORD,
        stdin: process.stdin,
        stderr: process.stderr,
      }),
  };
}
