import { setTimeout as wait } from 'node:timers/promises';
import { type CloudFormationClient, DescribeStackEventsCommand, type StackEvent } from '@aws-sdk/client-cloudformation';
import { namedResource } from './resource-words.ts';
import { findStack, isBusy } from './stack.ts';

export interface FollowStackOptions {
  cloudFormation: CloudFormationClient;
  stackId: string;
  /** The newest event that is no news any more. */
  after: string | null;
  /** Something was just asked for: what the stack says of itself before the first news may be of the time before. */
  awaitsNews?: boolean;
  pollMilliseconds: number;
  say(text: string): void;
}

export interface StackEnd {
  status: string;
  /** Why it did not come to what was wanted, one line each. */
  reasons: string[];
}

/** With three seconds between them, a minute: longer than AWS takes to begin. */
const pollsForNews = 20;

/** Tells what happens to a stack until nothing does. A connection that breaks meanwhile changes nothing there. */
export async function followStack(options: FollowStackOptions): Promise<StackEnd> {
  const { cloudFormation, stackId, pollMilliseconds, say } = options;
  let after = options.after;
  const reasons: string[] = [];
  let pollsWithoutNews = options.awaitsNews ? 0 : pollsForNews;
  for (;;) {
    const stack = await findStack(cloudFormation, stackId);
    const events = await eventsAfter(cloudFormation, stackId, after);
    for (const event of events) {
      const line = describeEvent(event);
      if (line) say(line);
      if (isCause(event)) reasons.push(`${event.LogicalResourceId}: ${event.ResourceStatusReason}`);
    }
    after = events.at(-1)?.EventId ?? after;
    // After news the state is asked for again: it may be of before them.
    pollsWithoutNews = events.length > 0 ? pollsForNews : pollsWithoutNews + 1;
    const status = stack?.StackStatus ?? 'DELETE_COMPLETE';
    if (!isBusy(status) && events.length === 0 && pollsWithoutNews > pollsForNews) return { status, reasons };
    await wait(pollMilliseconds);
  }
}

export async function newestEvent(cloudFormation: CloudFormationClient, stackId: string): Promise<string | null> {
  const { StackEvents = [] } = await cloudFormation.send(new DescribeStackEventsCommand({ StackName: stackId }));
  return StackEvents[0]?.EventId ?? null;
}

/** Oldest first; AWS tells them newest first, in pages. */
async function eventsAfter(
  cloudFormation: CloudFormationClient,
  stackId: string,
  after: string | null,
): Promise<StackEvent[]> {
  const found: StackEvent[] = [];
  let token: string | undefined;
  do {
    const command = new DescribeStackEventsCommand({ StackName: stackId, NextToken: token });
    const { StackEvents = [], NextToken } = await cloudFormation.send(command);
    const known = StackEvents.findIndex(({ EventId }) => EventId === after);
    found.push(...(known < 0 ? StackEvents : StackEvents.slice(0, known)));
    token = known < 0 ? NextToken : undefined;
  } while (token);
  return found.reverse();
}

const outcomes: [RegExp, string][] = [
  [/^(CREATE|IMPORT)_COMPLETE$/, 'made'],
  [/^UPDATE_COMPLETE$/, 'changed'],
  [/^DELETE_COMPLETE$/, 'gone'],
  [/^DELETE_SKIPPED$/, 'stays'],
  [/_FAILED$/, 'FAILED'],
  [/ROLLBACK_IN_PROGRESS$/, 'is put back as it was'],
  [/ROLLBACK_COMPLETE$/, 'is as it was'],
];

/** The beginning of a resource is no news, its end is. */
export function describeEvent(event: StackEvent): string | null {
  const { ResourceType = '', LogicalResourceId = '', ResourceStatusReason = '' } = event;
  const status: string = event.ResourceStatus ?? '';
  const outcome = outcomes.find(([pattern]) => pattern.test(status))?.[1];
  if (!outcome) return null;
  const why = outcome === 'FAILED' && ResourceStatusReason ? `: ${ResourceStatusReason}` : '';
  return `  ${event.Timestamp?.toISOString().slice(11, 19) ?? ''}  ${namedResource(ResourceType, LogicalResourceId)} ${outcome}${why}`;
}

/** What only stopped because something else had failed is no cause. */
function isCause({ ResourceStatus, ResourceStatusReason = '', ResourceType }: StackEvent): boolean {
  if (!ResourceStatus?.endsWith('_FAILED') || ResourceType === 'AWS::CloudFormation::Stack') return false;
  return ResourceStatusReason !== '' && !/cancelled/i.test(ResourceStatusReason);
}
