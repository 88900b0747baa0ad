import {
  type CloudFormationClient,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { PlainFault } from './plain-fault.ts';

export interface StackResource {
  /** As the template calls it. */
  name: string;
  type: string;
  /** As AWS calls it: a bucket's name, a queue's address; empty while it is not made. */
  id: string;
}

/** Bucket names are made of it, with the account and more, in 63 characters. */
export function checkStackName(name: string): void {
  if (/^[a-z][a-z0-9-]{0,29}$/.test(name)) return;
  throw new PlainFault(
    `"${name}" cannot be the stack's name: it takes up to 30 lower-case letters, digits and hyphens, a letter first.`,
  );
}

/** By name, or by id where it may be deleted already; null when there is none, or nothing but plans for one. */
export async function findStack(cloudFormation: CloudFormationClient, nameOrId: string): Promise<Stack | null> {
  try {
    const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName: nameOrId }));
    return Stacks[0] ?? null;
  } catch (error) {
    if (error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message)) return null;
    throw error;
  }
}

export async function readResources(cloudFormation: CloudFormationClient, stackId: string): Promise<StackResource[]> {
  const { StackResources = [] } = await cloudFormation.send(new DescribeStackResourcesCommand({ StackName: stackId }));
  return StackResources.filter(({ ResourceStatus }) => ResourceStatus !== 'DELETE_COMPLETE').map((resource) => ({
    name: resource.LogicalResourceId ?? '',
    type: resource.ResourceType ?? '',
    id: resource.PhysicalResourceId ?? '',
  }));
}

export function isBusy(status = ''): boolean {
  return status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS';
}
