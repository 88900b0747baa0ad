import type { CloudFormationClient, Stack, StackEvent } from '@aws-sdk/client-cloudformation';
import { describe, expect, it } from '@jest/globals';
import { describeChanges, planChanges } from '../../../../tools/aws/change-set.ts';
import { explainFault } from '../../../../tools/aws/explain-fault.ts';
import { followStack } from '../../../../tools/aws/follow-stack.ts';
import { PlainFault } from '../../../../tools/aws/plain-fault.ts';
import { changeableStack } from '../../../../tools/aws/settle-stack.ts';
import type { Terminal } from '../../../../tools/aws/terminal.ts';
import { type AwsAnswers, awsClientThat, awsFault } from '../../../support/aws-client-that.ts';

// Faults that moto cannot have: CloudFormation is told here what to answer.
const cloudFormationThat = (answers: AwsAnswers) => awsClientThat<CloudFormationClient>(answers);

/** A stack that is in these states, one after the other. */
function states(...statuses: string[]) {
  return () => {
    const status = statuses.length > 1 ? statuses.shift() : statuses[0];
    if (status === 'none') throw awsFault('ValidationError', 'Stack with id darkroom does not exist');
    return { Stacks: [{ StackName: 'darkroom', StackId: 'arn:stack', StackStatus: status } as Stack] };
  };
}

function person(says: boolean) {
  const said: string[] = [];
  const terminal: Terminal = {
    say: (text = '') => void said.push(text),
    confirm: async (question) => {
      said.push(question);
      return says;
    },
    confirmByTyping: async () => false,
  };
  return { said, terminal };
}

const event = (id: string, resource: string, status: string, reason?: string) =>
  ({
    EventId: id,
    LogicalResourceId: resource,
    ResourceType: resource === 'darkroom' ? 'AWS::CloudFormation::Stack' : 'AWS::S3::Bucket',
    ResourceStatus: status,
    ResourceStatusReason: reason,
    Timestamp: new Date('2026-01-02T03:04:05Z'),
  }) as StackEvent;

describe('what AWS says, in plain words', () => {
  it.each<[string, Error, RegExp]>([
    ['no credentials', awsFault('CredentialsProviderError', 'Could not load credentials'), /aws configure/],
    ['no region', new Error('Region is missing'), /--region/],
    ['an ended session', awsFault('ExpiredToken', 'The security token is expired'), /Sign in again/],
    ['a wrong secret', awsFault('SignatureDoesNotMatch', 'The signature does not match'), /does not accept/],
    ['too few rights', awsFault('AccessDenied', 'u is not authorized to perform: iam:CreateRole'), /iam:CreateRole/],
    [
      'another run',
      awsFault('ValidationError', 'Stack is in UPDATE_IN_PROGRESS state and can not be updated'),
      /waits/,
    ],
    ['a limit', awsFault('LimitExceededException', 'no more stacks'), /limits: no more stacks/],
    ['no network', Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' }), /cannot be reached/],
    ['anything else of AWS', awsFault('OddException', 'something odd'), /something odd \(OddException\)/],
  ])('%s', (_what, error, message) => {
    const explained = explainFault(error);
    expect(explained).toBeInstanceOf(PlainFault);
    expect(String(explained)).toMatch(message);
  });

  it('leaves a fault of our own as it is', () => {
    const ours = new TypeError('x is not a function');
    expect(explainFault(ours)).toBe(ours);
  });
});

describe('a stack that is not ready to be changed', () => {
  const settled = (answers: AwsAnswers, says = true) => {
    const { client, asked } = cloudFormationThat(answers);
    const { said, terminal } = person(says);
    const deps = { cloudFormation: client, terminal, pollMilliseconds: 1 };
    return { stack: changeableStack(deps, 'darkroom'), asked, said };
  };

  it('is waited for while another run is at work on it, and what happens is told', async () => {
    const pages = [[event('1', 'darkroom', 'CREATE_IN_PROGRESS')]];
    const { stack, said } = settled({
      DescribeStacks: states('CREATE_IN_PROGRESS', 'CREATE_IN_PROGRESS', 'CREATE_COMPLETE'),
      DescribeStackEvents: () => {
        const StackEvents = pages.at(-1)!.slice();
        if (pages.length < 3)
          pages.push([event(String(pages.length + 1), 'Originals', 'CREATE_COMPLETE'), ...StackEvents]);
        return { StackEvents };
      },
    });
    expect((await stack)?.StackStatus).toBe('CREATE_COMPLETE');
    expect(said[0]).toContain('Another run is at work');
    expect(said.filter((line) => line === '  03:04:05  bucket Originals made')).toHaveLength(2);
  });

  it.each(['ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'CREATE_FAILED', 'DELETE_FAILED'])(
    'is removed after a yes when it is what a failed attempt left: %s',
    async (status) => {
      const { stack, asked, said } = settled({
        DescribeStacks: states(status, 'DELETE_IN_PROGRESS', 'none'),
        DescribeStackEvents: () => ({ StackEvents: [] }),
        DeleteStack: () => ({}),
      });
      expect(await stack).toBeNull();
      expect(asked.map(({ name }) => name)).toContain('DeleteStack');
      expect(said.join('\n')).toMatch(/Remove it and begin anew\? Buckets stay/);
    },
  );

  it('stays what it is without a yes', async () => {
    const { stack, asked } = settled({ DescribeStacks: states('ROLLBACK_COMPLETE') }, false);
    await expect(stack).rejects.toThrow('Nothing was changed');
    expect(asked.map(({ name }) => name)).not.toContain('DeleteStack');
  });

  it('is left to the console when even putting it back failed', async () => {
    await expect(settled({ DescribeStacks: states('UPDATE_ROLLBACK_FAILED') }).stack).rejects.toThrow(
      'Continue update rollback',
    );
  });
});

describe('a plan', () => {
  const input = { stackName: 'darkroom', template: 'body', parameters: { A: '1' }, known: ['A', 'B', 'C'] };
  const present = {
    StackStatus: 'UPDATE_COMPLETE',
    Parameters: [{ ParameterKey: 'A' }, { ParameterKey: 'B' }],
  } as Stack;

  it('keeps what the stack has, and leaves to the template what is new in it', async () => {
    const { client, asked } = cloudFormationThat({
      CreateChangeSet: () => ({ Id: 'set', StackId: 'arn:stack' }),
      DescribeChangeSet: ({ NextToken }) =>
        NextToken
          ? { Status: 'CREATE_COMPLETE', Changes: [{}] }
          : { Status: 'CREATE_COMPLETE', Changes: [{}], NextToken: '2' },
    });
    const plan = await planChanges(client, { ...input, stack: present }, 1);
    expect(plan).toMatchObject({ isNew: false, changes: [{}, {}] });
    expect(asked[0]?.input).toMatchObject({
      ChangeSetType: 'UPDATE',
      Parameters: [
        { ParameterKey: 'A', ParameterValue: '1' },
        { ParameterKey: 'B', UsePreviousValue: true },
      ],
    });
  });

  it('begins anew for a stack that a cut-off run only planned', async () => {
    const { client, asked } = cloudFormationThat({
      CreateChangeSet: () => ({ Id: 'set', StackId: 'arn:stack' }),
      DescribeChangeSet: () => ({ Status: 'CREATE_COMPLETE', Changes: [{}] }),
    });
    const planned = { StackStatus: 'REVIEW_IN_PROGRESS', Parameters: [] } as unknown as Stack;
    expect(await planChanges(client, { ...input, stack: planned }, 1)).toMatchObject({ isNew: true });
    expect(asked[0]?.input).toMatchObject({ ChangeSetType: 'CREATE' });
  });

  it('that AWS refuses says why', async () => {
    const { client } = cloudFormationThat({
      CreateChangeSet: () => ({ Id: 'set', StackId: 'arn:stack' }),
      DescribeChangeSet: () => ({ Status: 'FAILED', StatusReason: 'Template error: A service needs PublicUrl.' }),
    });
    await expect(planChanges(client, { ...input, stack: present }, 1)).rejects.toThrow('A service needs PublicUrl');
  });

  it('counts what is made, and names what is changed, replaced or removed', () => {
    const change = (Action: 'Add' | 'Modify' | 'Remove', ResourceType: string, LogicalResourceId: string) => ({
      ResourceChange: { Action, ResourceType, LogicalResourceId, Replacement: 'False' as const },
    });
    const replaced = {
      ...change('Modify', 'AWS::RDS::DBInstance', 'Database').ResourceChange,
      Replacement: 'True' as const,
    };
    expect(
      describeChanges([
        change('Add', 'AWS::SQS::Queue', 'One'),
        change('Add', 'AWS::SQS::Queue', 'Two'),
        change('Modify', 'AWS::Lambda::Function', 'Function'),
        { ResourceChange: replaced },
        change('Remove', 'AWS::New::Kind', 'Odd'),
      ]),
    ).toEqual([
      '  makes     2 queues',
      '  changes   function Function',
      '  REPLACES  database Database',
      '  REMOVES   AWS::New::Kind Odd',
    ]);
  });
});

describe('what happens to a stack', () => {
  it('is waited for while AWS still says what was before', async () => {
    const news = [[], [], [event('2', 'darkroom', 'UPDATE_IN_PROGRESS')], []];
    const { client } = cloudFormationThat({
      DescribeStacks: states(
        'CREATE_COMPLETE',
        'CREATE_COMPLETE',
        'CREATE_COMPLETE',
        'UPDATE_IN_PROGRESS',
        'UPDATE_COMPLETE',
      ),
      DescribeStackEvents: () => ({
        StackEvents: [...(news.shift() ?? []), event('1', 'darkroom', 'CREATE_COMPLETE')],
      }),
    });
    const options = { cloudFormation: client, stackId: 'arn:stack', after: '1', pollMilliseconds: 1, say: () => {} };
    expect(await followStack({ ...options, awaitsNews: true })).toMatchObject({ status: 'UPDATE_COMPLETE' });
  });

  it('is told once and in order over many pages, with the causes of a failure', async () => {
    const all = [
      event('6', 'darkroom', 'ROLLBACK_COMPLETE'),
      event('5', 'Thumbnails', 'CREATE_FAILED', 'Resource creation cancelled'),
      event('4', 'Originals', 'CREATE_FAILED', 'You have too many buckets'),
      event('3', 'ResultsQueue', 'CREATE_COMPLETE'),
      event('2', 'darkroom', 'CREATE_IN_PROGRESS'),
      event('1', 'old', 'CREATE_COMPLETE'),
    ];
    const { client } = cloudFormationThat({
      DescribeStacks: states('ROLLBACK_COMPLETE'),
      DescribeStackEvents: ({ NextToken }) =>
        NextToken
          ? { StackEvents: all.slice(3), NextToken: 'more' }
          : { StackEvents: all.slice(0, 3), NextToken: 'next' },
    });
    const { said, terminal } = person(true);
    const end = await followStack({
      cloudFormation: client,
      stackId: 'arn:stack',
      after: '1',
      pollMilliseconds: 1,
      say: terminal.say,
    });
    expect(end).toEqual({ status: 'ROLLBACK_COMPLETE', reasons: ['Originals: You have too many buckets'] });
    expect(said.map((line) => line.slice(12))).toEqual([
      'bucket ResultsQueue made',
      'bucket Originals FAILED: You have too many buckets',
      'bucket Thumbnails FAILED: Resource creation cancelled',
      'stack darkroom is as it was',
    ]);
  });
});
