import { setTimeout as wait } from 'node:timers/promises';
import {
  type Change,
  type CloudFormationClient,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  ExecuteChangeSetCommand,
  type Parameter,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { newestEvent } from './follow-stack.ts';
import { PlainFault } from './plain-fault.ts';
import { countedResources, namedResource } from './resource-words.ts';

export interface ChangeSetInput {
  stackName: string;
  /** As it is; null: a new one. */
  stack: Stack | null;
  /** Null: the one that the stack has. */
  template: string | null;
  /** What is not named keeps the value that it has in the stack, or the template's own. */
  parameters: Record<string, string>;
  /** Parameters that the template has. */
  known: string[];
}

export interface PlannedChanges {
  changeSetId: string;
  stackId: string;
  isNew: boolean;
  changes: Change[];
}

/** Has AWS compare; nothing is changed by that. Null when there is nothing to change. */
export async function planChanges(
  cloudFormation: CloudFormationClient,
  input: ChangeSetInput,
  pollMilliseconds: number,
): Promise<PlannedChanges | null> {
  const { stackName, stack, template, parameters, known } = input;
  const isNew = stack === null || stack.StackStatus === 'REVIEW_IN_PROGRESS';
  const previous = new Set(isNew ? [] : stack.Parameters?.map(({ ParameterKey }) => ParameterKey));
  const command = new CreateChangeSetCommand({
    StackName: stackName,
    ChangeSetName: `darkroom-${crypto.randomUUID()}`,
    ChangeSetType: isNew ? 'CREATE' : 'UPDATE',
    ...(template === null ? { UsePreviousTemplate: true } : { TemplateBody: template }),
    Capabilities: ['CAPABILITY_IAM'],
    Parameters: known.flatMap((name): Parameter[] => {
      const value = parameters[name];
      if (value !== undefined) return [{ ParameterKey: name, ParameterValue: value }];
      return previous.has(name) ? [{ ParameterKey: name, UsePreviousValue: true }] : [];
    }),
  });
  const created = await cloudFormation.send(command).catch((error: Error) => {
    if (isNoChange(error.message)) return null;
    throw error;
  });
  if (!created) return null;
  const { Id: changeSetId = '', StackId: stackId = '' } = created;
  const changes = await readChanges(cloudFormation, changeSetId, pollMilliseconds);
  const plan = { changeSetId, stackId, isNew, changes: changes ?? [] };
  if (changes) return plan;
  await discardChanges(cloudFormation, plan);
  return null;
}

async function readChanges(
  cloudFormation: CloudFormationClient,
  changeSetId: string,
  pollMilliseconds: number,
): Promise<Change[] | null> {
  const changes: Change[] = [];
  let token: string | undefined;
  for (;;) {
    const page = await cloudFormation.send(
      new DescribeChangeSetCommand({ ChangeSetName: changeSetId, NextToken: token }),
    );
    if (page.Status === 'FAILED') return refused(page.StatusReason ?? '');
    if (page.Status !== 'CREATE_COMPLETE') {
      await wait(pollMilliseconds);
      continue;
    }
    changes.push(...(page.Changes ?? []));
    token = page.NextToken;
    if (!token) return changes;
  }
}

function refused(reason: string): null {
  if (isNoChange(reason)) return null;
  throw new PlainFault(`AWS refuses this change, and nothing was done: ${reason}`);
}

/** AWS has no code for it, and more than one way of saying it. */
function isNoChange(message: string): boolean {
  return /didn't contain changes|No updates are to be performed/.test(message);
}

/** Leaves nothing behind of a plan that is not carried out, nor of a stack that it was the first for. */
export async function discardChanges(cloudFormation: CloudFormationClient, plan: PlannedChanges): Promise<void> {
  await cloudFormation.send(new DeleteChangeSetCommand({ ChangeSetName: plan.changeSetId }));
  if (plan.isNew) await cloudFormation.send(new DeleteStackCommand({ StackName: plan.stackId }));
}

/** Has AWS begin; resolves with the newest event before that. */
export async function beginChanges(cloudFormation: CloudFormationClient, plan: PlannedChanges): Promise<string | null> {
  const after = await newestEvent(cloudFormation, plan.stackId);
  await cloudFormation.send(new ExecuteChangeSetCommand({ ChangeSetName: plan.changeSetId }));
  return after;
}

/** New resources counted by kind; each other change by its name, what loses something in capitals. */
export function describeChanges(changes: Change[]): string[] {
  const resources = changes.flatMap(({ ResourceChange }) => ResourceChange ?? []);
  const made = new Map<string, number>();
  for (const { Action, ResourceType = '' } of resources) {
    if (Action === 'Add') made.set(ResourceType, (made.get(ResourceType) ?? 0) + 1);
  }
  const lines = [...made].map(([type, count]) => `  makes     ${countedResources(type, count)}`).sort();
  for (const { Action, ResourceType = '', LogicalResourceId = '', Replacement } of resources) {
    const name = namedResource(ResourceType, LogicalResourceId);
    if (Action === 'Modify' && Replacement === 'True') lines.push(`  REPLACES  ${name}`);
    else if (Action === 'Modify') lines.push(`  changes   ${name}`);
    else if (Action === 'Remove') lines.push(`  REMOVES   ${name}`);
  }
  return lines.length > 0 ? lines : ['  changes   nothing but settings of the stack'];
}
