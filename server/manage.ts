import { Command } from 'commander';
import { runCommand } from './manage/run-command.ts';

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
  .command('migrate')
  .description('bring the database to this version')
  .action(() =>
    runCommand('migrate', async ({ migrations }) =>
      migrations.length === 0 ? 'The database is at this version already.' : `Done: ${migrations.join(', ')}.`,
    ),
  );

await program.parseAsync();
