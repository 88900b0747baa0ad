import { Command } from 'commander';
import { type DestroyOptions, destroyOf } from './aws/destroy.ts';
import { type CommandOptions, runCommand } from './aws/run-command.ts';

new Command('npm run aws:destroy --')
  .description('Takes down what aws:deploy brought up; asks first. Pictures, secrets and a last snapshot stay.')
  .option('--stack <NAME>', 'which', 'darkroom')
  .option('--region <REGION>', 'where; else AWS_REGION or the profile says it')
  .option('--yes', 'do not ask whether the stack shall go')
  .option('--delete-photographs', 'empty and delete the buckets as well, with all versions; asks for that by itself')
  .option('--confirm <BUCKET>', 'for scripts: what --delete-photographs would ask you to type')
  .addHelpText('after', '\nIt can be run again wherever it was cut off, also for buckets of a stack that is gone.')
  .action((options: DestroyOptions & CommandOptions) => runCommand(options, (clients) => destroyOf(clients)(options)))
  .parseAsync();
