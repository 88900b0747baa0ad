import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { S3Client } from '@aws-sdk/client-s3';
import type { STSClient } from '@aws-sdk/client-sts';
import { describe, expect, it } from '@jest/globals';
import { destroyOf } from '../../../../tools/aws/destroy.ts';
import { awsClientThat, awsFault } from '../../../support/aws-client-that.ts';

// With the service in it: moto knows no address of a database, which the template asks for.
function serviceThat({ deletion = 'DELETE_COMPLETE', status = 'UPDATE_COMPLETE' } = {}) {
  let now = status;
  const cloudFormation = awsClientThat<CloudFormationClient>({
    DescribeStacks: () => {
      if (now === 'DELETE_COMPLETE') throw awsFault('ValidationError', 'Stack with id darkroom does not exist');
      const Parameters = [
        { ParameterKey: 'ImageUri', ParameterValue: 'a/b:1' },
        { ParameterKey: 'ProtectDatabase', ParameterValue: 'true' },
      ];
      return { Stacks: [{ StackId: 'arn:stack', StackStatus: now, Parameters }] };
    },
    DescribeStackResources: () => ({
      StackResources: [
        { LogicalResourceId: 'Database', ResourceType: 'AWS::RDS::DBInstance', PhysicalResourceId: 'db-1' },
        { LogicalResourceId: 'JwtSecret', ResourceType: 'AWS::SecretsManager::Secret', PhysicalResourceId: 'secret-1' },
        { LogicalResourceId: 'Originals', ResourceType: 'AWS::S3::Bucket', PhysicalResourceId: 'pictures' },
        { LogicalResourceId: 'Old', ResourceType: 'AWS::SQS::Queue', ResourceStatus: 'DELETE_COMPLETE' },
      ],
    }),
    DescribeStackEvents: () => ({
      StackEvents: [
        {
          EventId: '1',
          LogicalResourceId: 'Balancer',
          ResourceType: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
          ResourceStatus: now === 'DELETE_FAILED' ? 'DELETE_FAILED' : 'CREATE_COMPLETE',
          ResourceStatusReason: 'in use',
        },
      ].filter(() => now === 'DELETE_FAILED'),
    }),
    CreateChangeSet: () => ({ Id: 'set', StackId: 'arn:stack' }),
    DescribeChangeSet: () => ({ Status: 'CREATE_COMPLETE', Changes: [{}] }),
    ExecuteChangeSet: () => {
      now = 'UPDATE_COMPLETE';
      return {};
    },
    DeleteStack: () => {
      now = deletion;
      return {};
    },
  });
  const s3 = awsClientThat<S3Client>({
    HeadBucket: () => {
      throw awsFault('NotFound', 'no such bucket', 404);
    },
    ListBuckets: () => ({ Buckets: [] }),
  });
  const sts = awsClientThat<STSClient>({ GetCallerIdentity: () => ({ Account: '123456789012', Arn: 'arn:somebody' }) });
  const said: string[] = [];
  const terminal = {
    say: (text = '') => void said.push(text),
    confirm: async () => true,
    confirmByTyping: async () => false,
  };
  const clients = { cloudFormation: cloudFormation.client, s3: s3.client, sts: sts.client };
  const destroy = () => destroyOf({ ...clients, terminal, pollMilliseconds: 1 })({ stack: 'darkroom' });
  return { destroy, said, asked: cloudFormation.asked, names: () => cloudFormation.asked.map(({ name }) => name) };
}

describe('taking down a stack with the service', () => {
  it('takes the database’s protection off first, and changes nothing else by that', async () => {
    const { destroy, asked, names } = serviceThat();
    await destroy();
    expect(asked.find(({ name }) => name === 'CreateChangeSet')?.input).toMatchObject({
      UsePreviousTemplate: true,
      Parameters: [
        { ParameterKey: 'ImageUri', UsePreviousValue: true },
        { ParameterKey: 'ProtectDatabase', ParameterValue: 'false' },
      ],
    });
    expect(names().indexOf('ExecuteChangeSet')).toBeLessThan(names().indexOf('DeleteStack'));
    expect(names()).toContain('DeleteStack');
  });

  it('says that a last snapshot and the secrets stay', async () => {
    const { destroy, said } = serviceThat();
    await destroy();
    const [, stays] = said.join('\n').split('What stays:');
    for (const what of ['bucket pictures', 'secret secret-1', 'a last snapshot']) expect(stays).toContain(what);
    expect(said.join('\n')).not.toContain('queue');
  });

  it('goes on with one whose deletion failed before, which takes no changes any more', async () => {
    const { destroy, names } = serviceThat({ status: 'DELETE_FAILED' });
    await destroy();
    expect(names()).not.toContain('CreateChangeSet');
  });

  it('says what stood in the way, and that it can be run again', async () => {
    const { destroy } = serviceThat({ deletion: 'DELETE_FAILED' });
    await expect(destroy()).rejects.toThrow(/DELETE_FAILED[\s\S]*Balancer: in use[\s\S]*run this again/);
  });
});
