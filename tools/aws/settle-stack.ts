import { type CloudFormationClient, DeleteStackCommand, type Stack } from '@aws-sdk/client-cloudformation';
import { followStack, newestEvent } from './follow-stack.ts';
import { PlainFault } from './plain-fault.ts';
import { findStack, isBusy } from './stack.ts';
import type { Terminal } from './terminal.ts';

export interface SettleStackDeps {
  cloudFormation: CloudFormationClient;
  terminal: Terminal;
  pollMilliseconds: number;
}

/** The stack when nothing happens to it any more: a run that was cut off, or another person's, goes on in AWS. */
export async function settledStack(deps: SettleStackDeps, stackName: string): Promise<Stack | null> {
  const { cloudFormation, terminal, pollMilliseconds } = deps;
  const stack = await findStack(cloudFormation, stackName);
  if (!stack || !isBusy(stack.StackStatus)) return stack;
  const stackId = stack.StackId ?? stackName;
  terminal.say(`Another run is at work on the stack ${stackName} (${stack.StackStatus}); this one waits for its end.`);
  const after = await newestEvent(cloudFormation, stackId);
  await followStack({ cloudFormation, stackId, after, pollMilliseconds, say: terminal.say });
  return findStack(cloudFormation, stackName);
}

/**
 * A stack that can be changed, or null for none. What is left of a creation that failed is removed first, when the
 * person agrees: AWS lets nobody change it.
 */
export async function changeableStack(deps: SettleStackDeps, stackName: string): Promise<Stack | null> {
  const { cloudFormation, terminal, pollMilliseconds } = deps;
  const stack = await settledStack(deps, stackName);
  const status: string = stack?.StackStatus ?? '';
  if (status === 'UPDATE_ROLLBACK_FAILED') {
    throw new PlainFault(
      `The last change of ${stackName} failed, and so did putting it back (${stack?.StackStatusReason ?? 'no reason given'}).\n` +
        'In the CloudFormation console: the stack, Stack actions, Continue update rollback. Then run this again.',
    );
  }
  if (!stack || !/^(ROLLBACK_COMPLETE|(CREATE|ROLLBACK|DELETE)_FAILED)$/.test(status)) return stack;
  terminal.say(`The stack ${stackName} is what an attempt left that failed (${status}); it holds nothing that works.`);
  if (!(await terminal.confirm('Remove it and begin anew? Buckets stay, whatever is in them.'))) {
    throw new PlainFault('Nothing was changed.');
  }
  const stackId = stack.StackId ?? stackName;
  const after = await newestEvent(cloudFormation, stackId);
  await cloudFormation.send(new DeleteStackCommand({ StackName: stackId }));
  const end = await followStack({
    cloudFormation,
    stackId,
    after,
    awaitsNews: true,
    pollMilliseconds,
    say: terminal.say,
  });
  if (end.status !== 'DELETE_COMPLETE') {
    throw new PlainFault([`The stack ${stackName} could not be removed (${end.status}).`, ...end.reasons].join('\n'));
  }
  return null;
}
