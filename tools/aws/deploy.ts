import { createHash } from 'node:crypto';
import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { S3Client } from '@aws-sdk/client-s3';
import type { STSClient } from '@aws-sdk/client-sts';
import { parse } from 'yaml';
import { readAccount } from './account.ts';
import { beginChanges, describeChanges, discardChanges, planChanges } from './change-set.ts';
import { codeBucketName, ensureCodeBucket, uploadCode } from './code-bucket.ts';
import { computeCosts, readPrices, summarizeCosts } from './costs.ts';
import { type DeployOptions, parametersOf } from './deploy-options.ts';
import { followStack } from './follow-stack.ts';
import { PlainFault } from './plain-fault.ts';
import { changeableStack } from './settle-stack.ts';
import { showSettings } from './show-settings.ts';
import { checkStackName, findStack, readResources } from './stack.ts';
import type { Terminal } from './terminal.ts';

export interface DeployDeps {
  cloudFormation: CloudFormationClient;
  s3: S3Client;
  sts: STSClient;
  terminal: Terminal;
  /** config_files/aws/template.yaml; AWS takes up to 51,200 bytes of it in one piece. */
  template: string;
  /** The function's zip for `arm64` or `x64`: the same sources make the same bytes. */
  buildZip(architecture: string): Promise<Uint8Array>;
  pollMilliseconds?: number;
}

/**
 * Brings storage and function up in AWS, or to what the template and the options say now; with an image the service
 * too. It asks before anything is made, changed or removed, and can be run again wherever it was cut off.
 */
export function deployOf({
  cloudFormation,
  s3,
  sts,
  terminal,
  template,
  buildZip,
  pollMilliseconds = 3_000,
}: DeployDeps) {
  return async (options: DeployOptions): Promise<void> => {
    const { say } = terminal;
    checkStackName(options.stack);
    const account = await readAccount(sts);
    say(`Stack ${options.stack} in ${account.region}, account ${account.id}, signed in as ${account.arn}.`);

    const stack = await changeableStack({ cloudFormation, terminal, pollMilliseconds }, options.stack);
    const present = presentParameters(stack?.Parameters);
    const wanted = parametersOf(options, account.region, present);

    const isArm = (wanted.Architecture ?? present.Architecture ?? 'arm64') === 'arm64';
    const architecture = isArm ? 'arm64' : 'x64';
    say(`Building the function for ${architecture} …`);
    const zip = await buildZip(architecture);
    const bucket = codeBucketName(options.stack, account);
    const key = `thumbnails-${architecture}-${createHash('sha256').update(zip).digest('hex').slice(0, 16)}.zip`;

    const plan = await planChanges(
      cloudFormation,
      {
        stackName: options.stack,
        stack,
        template,
        parameters: { ...wanted, CodeBucket: bucket, CodeKey: key },
        known: Object.keys(parse(template, { logLevel: 'silent' }).Parameters),
      },
      pollMilliseconds,
    );
    if (!plan) {
      say('Nothing to change: the stack is as the template and the options say.');
    } else {
      for (const line of ['', ...describeChanges(plan.changes), '']) say(line);
      for (const line of costsOf({ ...present, ...wanted })) say(line);
      if (!(await agreed(plan))) throw new PlainFault('Nothing was changed.');
      await ensureCodeBucket(s3, bucket, account);
      await uploadCode(s3, { bucket, key, zip, account });
      await carryOut(plan);
    }
    const now = await findStack(cloudFormation, options.stack);
    const resources = await readResources(cloudFormation, now?.StackId ?? options.stack);
    for (const line of ['', ...showSettings(account.region, resources, now)]) say(line);
  };

  type Plan = NonNullable<Awaited<ReturnType<typeof planChanges>>>;

  /** A plan that nobody agreed to leaves nothing behind, also when nobody could be asked. */
  async function agreed(plan: Plan): Promise<boolean> {
    let isAgreed = false;
    try {
      isAgreed = await terminal.confirm(plan.isNew ? 'Make all this?' : 'Make these changes?');
    } finally {
      if (!isAgreed) await discardChanges(cloudFormation, plan);
    }
    return isAgreed;
  }

  async function carryOut(plan: Plan): Promise<void> {
    const after = await beginChanges(cloudFormation, plan);
    const { stackId } = plan;
    const end = await followStack({
      cloudFormation,
      stackId,
      after,
      awaitsNews: true,
      pollMilliseconds,
      say: terminal.say,
    });
    if (/^(CREATE|UPDATE)_COMPLETE$/.test(end.status)) return;
    const advice = plan.isNew
      ? 'Mend the cause and run this again: it offers to remove what is left of this attempt.'
      : 'Everything is as it was before. Mend the cause and run this again.';
    throw new PlainFault([`It did not work out (${end.status}).`, ...end.reasons, advice].join('\n'));
  }
}

function costsOf(parameters: Record<string, string>): string[] {
  const prices = readPrices();
  if (!parameters.ImageUri) return summarizeCosts(prices, computeCosts(prices), false);
  const lines = summarizeCosts(prices, computeCosts(prices, Number(parameters.ServiceCount ?? 1)), true);
  const { DatabaseClass = 'db.t4g.micro' } = parameters;
  return DatabaseClass === 'db.t4g.micro'
    ? lines
    : [...lines, `The database counts as db.t4g.micro, not ${DatabaseClass}.`];
}

function presentParameters(parameters: { ParameterKey?: string; ParameterValue?: string }[] = []) {
  return Object.fromEntries(
    parameters.map(({ ParameterKey = '', ParameterValue = '' }) => [ParameterKey, ParameterValue]),
  );
}
