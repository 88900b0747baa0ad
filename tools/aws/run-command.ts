import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { S3Client } from '@aws-sdk/client-s3';
import { STSClient } from '@aws-sdk/client-sts';
import { explainFault } from './explain-fault.ts';
import { PlainFault } from './plain-fault.ts';
import { createTerminal, type Terminal } from './terminal.ts';

export interface CommandOptions {
  region?: string;
  yes?: boolean;
  confirm?: string;
}

export interface AwsClients {
  cloudFormation: CloudFormationClient;
  s3: S3Client;
  sts: STSClient;
  terminal: Terminal;
}

/**
 * Runs a command with AWS's clients, whose credentials and region come from where AWS's own programs look, and ends the
 * process with 1 and a plain message when it fails.
 */
export async function runCommand(
  { region, yes = false, confirm }: CommandOptions,
  work: (clients: AwsClients) => Promise<void>,
): Promise<void> {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  // A connection that breaks in the middle of a deployment is tried again for a minute or two.
  const settings = { ...(region ? { region } : {}), maxAttempts: 8 };
  const clients = {
    cloudFormation: new CloudFormationClient(settings),
    s3: new S3Client(settings),
    sts: new STSClient(settings),
    terminal: createTerminal({ input: process.stdin, output: process.stdout, yes, typed: confirm }),
  };
  process.once('SIGINT', () => {
    process.stderr.write('\nCut off. What AWS has begun goes on there; run this again to follow it.\n');
    process.exit(130);
  });
  try {
    await work(clients);
  } catch (error) {
    const explained = explainFault(error);
    if (!(explained instanceof PlainFault)) throw error;
    process.stderr.write(`\n${explained.message}\n`);
    process.exitCode = 1;
  }
}
