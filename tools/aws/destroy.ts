import { type CloudFormationClient, DeleteStackCommand, type Stack } from '@aws-sdk/client-cloudformation';
import type { S3Client } from '@aws-sdk/client-s3';
import type { STSClient } from '@aws-sdk/client-sts';
import { type Account, readAccount } from './account.ts';
import { beginChanges, planChanges } from './change-set.ts';
import { codeBucketName, hasBucket } from './code-bucket.ts';
import { countVersions, deleteBucket } from './empty-bucket.ts';
import { followStack, newestEvent, type StackEnd } from './follow-stack.ts';
import { PlainFault } from './plain-fault.ts';
import { countedResources } from './resource-words.ts';
import { retainedBuckets } from './retained-buckets.ts';
import { settledStack } from './settle-stack.ts';
import { checkStackName, readResources, type StackResource } from './stack.ts';
import type { Terminal } from './terminal.ts';

export interface DestroyDeps {
  cloudFormation: CloudFormationClient;
  s3: S3Client;
  sts: STSClient;
  terminal: Terminal;
  pollMilliseconds?: number;
}

export interface DestroyOptions {
  stack: string;
  /** The buckets too, with every version; asked for by itself, and by typing. */
  deletePhotographs?: boolean;
}

const stays = new Set(['AWS::S3::Bucket', 'AWS::SecretsManager::Secret']);

/**
 * Takes a stack down. What people gave stays unless it is asked for by itself: the buckets, the secrets, and a last
 * snapshot of the database. Can be run again wherever it was cut off, also when the stack is gone already.
 */
export function destroyOf({ cloudFormation, s3, sts, terminal, pollMilliseconds = 3_000 }: DestroyDeps) {
  const { say } = terminal;

  return async ({ stack: stackName, deletePhotographs = false }: DestroyOptions): Promise<void> => {
    checkStackName(stackName);
    const account = await readAccount(sts);
    say(`Stack ${stackName} in ${account.region}, account ${account.id}, signed in as ${account.arn}.`);
    const stack = await settledStack({ cloudFormation, terminal, pollMilliseconds }, stackName);
    const codeBucket = codeBucketName(stackName, account);
    const hasCode = await hasBucket(s3, codeBucket, account);

    if (stack) await takeDown(stackName, stack, hasCode ? codeBucket : null);
    else await askAboutLeftover(hasCode ? codeBucket : null);
    // Last, for a stack that stays has to find its code there.
    if (hasCode) {
      await deleteBucket(s3, codeBucket, say);
      say(`  bucket ${codeBucket}, with the function's code, gone`);
    }
    await lookAfterPhotographs(stackName, account, deletePhotographs);
  };

  /** Of a run that was cut off when the stack was gone, or before there was one. */
  async function askAboutLeftover(codeBucket: string | null): Promise<void> {
    say('There is no such stack.');
    if (!codeBucket || (await terminal.confirm(`Delete the bucket ${codeBucket}, with the function’s code?`))) return;
    throw new PlainFault('Nothing was changed.');
  }

  async function takeDown(stackName: string, stack: Stack, codeBucket: string | null): Promise<void> {
    const stackId = stack.StackId ?? stackName;
    const resources = await readResources(cloudFormation, stackId);
    for (const line of describeEnd(resources, codeBucket)) say(line);
    if (!(await terminal.confirm(`Take the stack ${stackName} down?`))) throw new PlainFault('Nothing was changed.');
    if (resources.some(({ type }) => type === 'AWS::RDS::DBInstance')) await unprotectDatabase(stackName, stack);
    const after = await newestEvent(cloudFormation, stackId);
    await cloudFormation.send(new DeleteStackCommand({ StackName: stackId }));
    const end = await followStack({ cloudFormation, stackId, after, awaitsNews: true, pollMilliseconds, say });
    if (end.status !== 'DELETE_COMPLETE') throw notDone(end);
  }

  async function unprotectDatabase(stackName: string, stack: Stack): Promise<void> {
    const known = stack.Parameters?.map(({ ParameterKey = '' }) => ParameterKey) ?? [];
    const parameters = { ProtectDatabase: 'false' };
    // One whose last deletion failed takes no changes; its database lost the protection before that.
    if (!/^(CREATE|UPDATE|UPDATE_ROLLBACK)_COMPLETE$/.test(stack.StackStatus ?? '')) return;
    const input = { stackName, stack, template: null, parameters, known };
    const plan = await planChanges(cloudFormation, input, pollMilliseconds);
    if (!plan) return;
    const after = await beginChanges(cloudFormation, plan);
    const end = await followStack({
      cloudFormation,
      stackId: plan.stackId,
      after,
      awaitsNews: true,
      pollMilliseconds,
      say,
    });
    if (end.status !== 'UPDATE_COMPLETE') throw notDone(end);
  }

  async function lookAfterPhotographs(stackName: string, account: Account, isToGo: boolean): Promise<void> {
    const buckets = await retainedBuckets(s3, stackName, account);
    if (buckets.length === 0) return;
    if (!isToGo) {
      say(`\nThe pictures are where they were, and cost what storage costs:\n${buckets.map(indented).join('\n')}`);
      say('To delete them for good, too: npm run aws:destroy -- --delete-photographs');
      return;
    }
    say('\nThese buckets go, with every picture in them and every version of it:');
    for (const bucket of buckets) {
      const { versions, isMore } = await countVersions(s3, bucket);
      say(`${indented(bucket)}  ${isMore ? `more than ${versions}` : versions} versions of objects`);
    }
    const question = 'Nobody can bring them back: not you, not AWS.';
    if (!(await terminal.confirmByTyping(question, buckets[0] ?? stackName))) {
      throw new PlainFault('That was not it: no picture was deleted.');
    }
    for (const bucket of buckets) {
      const deleted = await deleteBucket(s3, bucket, say);
      say(`  bucket ${bucket} gone, with ${deleted} versions`);
    }
  }
}

const indented = (text: string) => `  ${text}`;

function notDone({ status, reasons }: StackEnd): PlainFault {
  const advice = 'Mend the cause and run this again; it goes on where it stopped.';
  return new PlainFault([`It could not be taken down (${status}).`, ...reasons, advice].join('\n'));
}

/** What goes, counted by kind, and what stays. */
function describeEnd(resources: StackResource[], codeBucket: string | null): string[] {
  const going = new Map<string, number>();
  for (const { type } of resources) {
    if (type && !stays.has(type)) going.set(type, (going.get(type) ?? 0) + 1);
  }
  const staying = resources.filter(({ type }) => stays.has(type));
  const hasDatabase = going.has('AWS::RDS::DBInstance');
  return [
    '',
    'What goes:',
    ...[...going].map(([type, count]) => indented(countedResources(type, count))).sort(),
    ...(codeBucket ? [indented(`bucket ${codeBucket}, with the function’s code`)] : []),
    '',
    'What stays:',
    ...staying.map(({ type, id, name }) =>
      indented(`${type === 'AWS::S3::Bucket' ? 'bucket' : 'secret'} ${id || name}`),
    ),
    ...(hasDatabase ? ['  a last snapshot of the database'] : []),
    '',
  ];
}
