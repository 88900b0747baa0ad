import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { deployOf } from './aws/deploy.ts';
import type { DeployOptions } from './aws/deploy-options.ts';
import { type CommandOptions, runCommand } from './aws/run-command.ts';
import { packageLambda } from './lambda-package.mjs';
import { root } from './root.mjs';

async function buildZip(architecture: string): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-deploy-'));
  try {
    const outFile = join(folder, 'thumbnails.zip');
    await packageLambda({ architecture, outFile });
    return await readFile(outFile);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

new Command('npm run aws:deploy --')
  .description('Brings storage and the thumbnail function up in AWS, or up to date; asks before anything costs.')
  .option('--stack <NAME>', 'up to 30 lower-case letters, digits and hyphens', 'darkroom')
  .option('--region <REGION>', 'where; else AWS_REGION or the profile says it')
  .option('--yes', 'do not ask')
  .option('--arch <ARCH>', 'processor of the function: arm64 (a fifth cheaper) or x64')
  .option('--memory <MB>', 'memory of the function; 1769 is one whole processor')
  .option('--max-pixels <PIXELS>', 'of an original, the same as the server’s MAX_PIXELS')
  .option('--alarm-email <EMAIL>', 'who is told of alarms')
  .option('--service <IMAGE_URI>', 'the service too: Fargate, PostgreSQL and a load balancer, from this image')
  .option('--public-url <URL>', 'of the service: https://photos.example.com')
  .option('--certificate <ARN>', 'of the service: the certificate of that name in Certificate Manager')
  .option('--vpc <ID>', 'of the service: the network')
  .option('--subnets <IDS>', 'of the service: two public subnets or more, with commas')
  .option('--servers <NUMBER>', 'of the service: how many')
  .option('--database-class <CLASS>', 'of the service: db.t4g.micro and up')
  .addHelpText('after', '\nWhat is left out keeps the value that the stack has. It can be run again at any time.')
  .action((options: DeployOptions & CommandOptions) =>
    runCommand(options, async (clients) => {
      const template = await readFile(join(root, 'config_files/aws/template.yaml'), 'utf8');
      await deployOf({ ...clients, template, buildZip })(options);
    }),
  )
  .parseAsync();
