import { Command } from 'commander';
import { reprocessImagesOf } from './images/reprocess-images.ts';
import { createJobs } from './jobs/jobs.ts';
import { checkOf } from './maintenance/check.ts';
import { migrateStoreOf } from './maintenance/migrate-store.ts';
import { seedOf } from './maintenance/seed/seed.ts';
import { type CheckCommandOptions, runCheck } from './manage/check-command.ts';
import { type MigrateStoreCommandOptions, runMigrateStore } from './manage/migrate-store-command.ts';
import { createProgressBar } from './manage/progress-bar.ts';
import { type ReprocessCommandOptions, runReprocess } from './manage/reprocess-command.ts';
import { rotateKeptKeys, runRotateKeys } from './manage/rotate-keys-command.ts';
import { runCommand } from './manage/run-command.ts';
import { runSeed, type SeedCommandOptions } from './manage/seed-command.ts';
import { startWorker } from './manage/start-worker.ts';
import { messageFor } from './message-for.ts';

interface PasswordOptions {
  passwordStdin?: boolean;
}

const passwordHelp = `
The password is asked for at the terminal; or it is one line of the standard input (--password-stdin); or it is taken
from the environment (DARKROOM_PASSWORD). 12 to 1024 characters, not the username, not a common one.`;

const program = new Command('npm run manage --')
  .usage('COMMAND')
  .description('Looks after a Darkroom. Works while the server runs, too, with the same settings.')
  .showHelpAfterError('(npm run manage -- --help lists the commands)');

function accountCommand(name: string, description: string): Command {
  return program
    .command(`${name} <NAME>`)
    .description(description)
    .option('--password-stdin', 'read the password from the standard input, one line')
    .addHelpText('after', passwordHelp);
}

interface CreateOptions extends PasswordOptions {
  email?: string;
  tier?: string;
  staff?: boolean;
}

async function create(command: string, username: string, options: CreateOptions, superuser: boolean): Promise<void> {
  await runCommand(command, async ({ accounts, password }) => {
    const input = { username, email: options.email, tier: options.tier, staff: options.staff, superuser };
    await accounts.checkNew(input);
    return accounts.create(input, await password({ fromStdin: options.passwordStdin === true }));
  });
}

accountCommand('createsuperuser', 'make an account that may do everything in the panel')
  .option('--email <EMAIL>', 'its e-mail address')
  .action((name: string, options: CreateOptions) => create('createsuperuser', name, options, true));

accountCommand('createuser', 'make an account')
  .option('--tier <TIER>', 'the name of its tier (the default tier without it)')
  .option('--email <EMAIL>', 'its e-mail address')
  .option('--staff', 'lets it into the panel')
  .action((name: string, options: CreateOptions) => create('createuser', name, options, false));

accountCommand('changepassword', 'give an account a new password; ends all its tokens and sessions').action(
  (name: string, options: PasswordOptions) =>
    runCommand('changepassword', async ({ accounts, password }) => {
      const account = await accounts.find(name);
      return accounts.changePassword(account, await password({ fromStdin: options.passwordStdin === true }));
    }),
);

program
  .command('passwordlink')
  .argument('<NAME>')
  .description('print a link by which this account sets its password: once, within a day')
  .addHelpText('after', '\nWhoever opens the link sets the password: pass it on to its owner alone.')
  .action((name: string) =>
    runCommand('passwordlink', async ({ accounts }) => accounts.passwordLink(await accounts.find(name))),
  );

program
  .command('migrate')
  .description('bring the database to this version')
  .action(() =>
    runCommand('migrate', async ({ migrations }) =>
      migrations.length === 0 ? 'The database is at this version already.' : `Done: ${migrations.join(', ')}.`,
    ),
  );

program
  .command('adopt')
  .description('say that this database, these buckets and these secrets belong together from now on')
  .addHelpText(
    'after',
    `
For a server that refuses to start because they do not match: after a restore from several backups, with a new store, or
when a secret is lost. What was signed with a lost secret ends (logins, expiring links). Deletes nothing.`,
  )
  .action(() =>
    runCommand('adopt', async ({ adopt }) => `Database, buckets and secrets are of installation ${await adopt()} now.`),
  );

program
  .command('rotate-keys')
  .description('make new keys and passwords in place of all that are kept in DATA_DIR; the server must be stopped')
  .addHelpText(
    'after',
    `
For when a copy of DATA_DIR is lost. Ends every login, panel session, expiring link, password link and URL of a picture
that was handed out before. Deletes nothing, and changes no password of an account. Run it again if it was cut off.`,
  )
  .action(() => runCommand('rotate-keys', runRotateKeys, rotateKeptKeys));

program
  .command('reprocess')
  .description('have thumbnails made that are missing, with a progress bar; a running server does the work')
  .option('--failed', 'try the images again that failed')
  .option('--owner <NAME>', 'only the images of this account')
  .option('--tier <TIER>', 'only the images of accounts with this tier')
  .option('--force', 'make all of them anew, not only those that are missing')
  .action((options: ReprocessCommandOptions) =>
    runCommand('reprocess', ({ config, logger, database, recordAudit, stopping, store, closeLater }) => {
      const jobs = createJobs({ ...database, handlers: [], logger });
      return runReprocess(
        {
          models: database.models,
          reprocess: reprocessImagesOf({ ...database, jobs, recordAudit }),
          jobs,
          startWorker: async () =>
            closeLater('worker', await startWorker({ config, database, store: await store(), logger })),
          bar: createProgressBar(process.stderr),
          signal: stopping,
        },
        options,
      );
    }),
  );

program
  .command('check')
  .description('compare database and store, and say what differs; changes nothing without an option')
  .option('--fix', 'bring back originals that the database does not know (a restored backup), and missing thumbnails')
  .option('--delete-orphans', 'delete what no image has; with --fix only what cannot be brought back')
  .option(
    '--hashes <N>',
    'read N originals and compare their hashes: a number, all, or none (then thumbnail types are skipped too)',
    '100',
  )
  .addHelpText('after', '\nThe exit code is 0 only when nothing is wrong at the end.')
  .action((options: CheckCommandOptions) =>
    runCommand('check', async ({ database, logger, recordAudit, stopping, store }) =>
      runCheck(
        {
          check: checkOf({
            ...database,
            recordAudit,
            store: await store(),
            jobs: createJobs({ ...database, handlers: [], logger }),
          }),
          bar: createProgressBar(process.stderr),
          print: (line) => process.stdout.write(`${line}\n`),
          signal: stopping,
        },
        options,
      ),
    ),
  );

program
  .command('seed')
  .description('fill an empty installation with made-up users and images, to try it at that size')
  .option('--users <N>', 'how many users', '2000')
  .option('--images <N>', 'how many images', '20000')
  .option('--add', 'also where there are images already')
  .addHelpText('after', '\nRows and a few shared thumbnails: no originals, and no password opens the accounts.')
  .action((options: SeedCommandOptions) =>
    runCommand('seed', async ({ database, databaseUrl, stopping, store }) =>
      runSeed(
        {
          models: database.models,
          seed: seedOf({ ...database, databaseUrl, store: await store() }),
          bar: createProgressBar(process.stderr),
          signal: stopping,
        },
        options,
      ),
    ),
  );

program
  .command('migrate-store')
  .description('copy all pictures from the folder into S3 buckets, or back; deletes nothing, the service may go on')
  .option('--to <STORE>', 's3, or disk for the way back', 's3')
  .option('--dry-run', 'say what would be copied and what is missing, and copy nothing')
  .option('--verify', 'read what is in the new store already, too, and compare its hashes')
  .addHelpText(
    'after',
    `
Give the S3_ settings to this command alone, for example on its own line:
  S3_ORIGINALS_BUCKET=… S3_THUMBNAILS_BUCKET=… npm run manage -- migrate-store
It says at its end how to change over. Cut off, it goes on where it stopped when it is run again. The exit code is 0 only
when everything that the database names is in the new store.`,
  )
  .action((options: MigrateStoreCommandOptions) =>
    runCommand('migrate-store', async ({ config, database, stopping, storesToMove }) =>
      runMigrateStore(
        {
          config,
          open: async (to) => migrateStoreOf({ ...database, ...(await storesToMove(to)) }),
          bar: createProgressBar(process.stderr),
          print: (line) => process.stdout.write(`${line}\n`),
          signal: stopping,
        },
        options,
      ),
    ),
  );

await program.parseAsync().catch((error: unknown) => {
  process.exitCode = 1;
  process.stderr.write(`${messageFor(error)}\n`);
});
