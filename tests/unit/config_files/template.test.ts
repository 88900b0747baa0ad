import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse, type ScalarTag } from 'yaml';
import { settingNames } from '../../../server/config.ts';
import { projectRoot } from '../../../server/project-root.ts';

interface Resource {
  Type: string;
  Condition?: string;
  DeletionPolicy?: string;
  Properties: Record<string, unknown>;
}
interface Named {
  Name: string;
}
interface Statement {
  Sid?: string;
  Effect: string;
  Principal?: unknown;
  Action: string | string[];
  Resource: unknown;
  Condition?: unknown;
}

const folder = join(projectRoot, 'config_files/aws');
const functions = ['Ref', 'Sub', 'GetAtt', 'Equals', 'Not', 'If', 'Select', 'Split'];
const tags = functions.flatMap((name) => [
  { tag: `!${name}`, resolve: (value: string) => `!${name} ${value}` } as ScalarTag,
  { tag: `!${name}`, collection: 'seq' as const, resolve: (value: unknown) => `!${name} ${JSON.stringify(value)}` },
]);
const template: {
  Resources: Record<string, Resource>;
  Parameters: Record<string, { Description?: string; Default?: unknown }>;
} = parse(readFileSync(join(folder, 'template.yaml'), 'utf8'), { customTags: tags as ScalarTag[] });
const resources = Object.entries(template.Resources);
const ofType = (type: string) => resources.filter(([, resource]) => resource.Type === type);

/** Every policy statement, wherever it stands. */
function statementsIn(value: unknown): Statement[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = 'Effect' in value && 'Action' in value ? [value as Statement] : [];
  return [...own, ...Object.values(value).flatMap(statementsIn)];
}
const documents: [string, unknown][] = [
  ['template.yaml', template.Resources],
  ...readdirSync(folder)
    .filter((file) => file.endsWith('-policy.json'))
    .map((file): [string, unknown] => [file, JSON.parse(readFileSync(join(folder, file), 'utf8'))]),
];

describe('the template for AWS', () => {
  it('has two buckets that are private, encrypted and versioned, and stay when the stack goes', () => {
    const buckets = ofType('AWS::S3::Bucket').filter(([, { Condition }]) => Condition === undefined);
    expect(buckets.map(([name]) => name)).toEqual(['Originals', 'Thumbnails']);
    for (const [, bucket] of buckets) {
      expect(bucket.DeletionPolicy).toBe('Retain');
      expect(bucket.Properties).toMatchObject({
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
        VersioningConfiguration: { Status: 'Enabled' },
        LifecycleConfiguration: {
          Rules: [
            { Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } },
            { Status: 'Enabled', NoncurrentVersionExpiration: { NoncurrentDays: 7 } },
          ],
        },
      });
    }
  });

  it.each([
    ['template.yaml', template.Resources.FunctionRole],
    ['function-policy.json', JSON.parse(readFileSync(join(folder, 'function-policy.json'), 'utf8'))],
  ])('keeps the function from what the service keeps for itself in the bucket (%s)', (_, policy) => {
    const denied = statementsIn(policy).filter((statement) => statement.Effect === 'Deny');
    expect(denied).toEqual([expect.objectContaining({ Action: ['s3:PutObject', 's3:DeleteObject'] })]);
    expect(JSON.stringify(denied[0]?.Resource)).toMatch(/thumbnails.*\/darkroom\/\*/i);
  });

  it('lets nobody speak to the buckets in the clear', () => {
    const policies = ofType('AWS::S3::BucketPolicy');
    expect(policies).toHaveLength(ofType('AWS::S3::Bucket').length);
    for (const [, policy] of policies) {
      expect(statementsIn(policy)[0]).toMatchObject({
        Effect: 'Deny',
        Action: 's3:*',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      });
    }
  });

  it('keeps what the function and the queue gave up, and raises an alarm', () => {
    const at = (name: string) => template.Resources[name]?.Properties;
    expect(at('Function')?.DeadLetterConfig).toEqual({ TargetArn: '!GetAtt FunctionDeadLetters.Arn' });
    expect(at('FunctionAttempts')).toMatchObject({
      MaximumRetryAttempts: 2,
      DestinationConfig: { OnFailure: { Destination: '!GetAtt ResultsQueue.Arn' } },
    });
    expect(at('ResultsQueue')?.RedrivePolicy).toMatchObject({ deadLetterTargetArn: '!GetAtt ResultsDeadLetters.Arn' });
    const watched = JSON.stringify(ofType('AWS::CloudWatch::Alarm'));
    for (const queue of ['FunctionDeadLetters', 'ResultsDeadLetters', 'ResultsQueue']) expect(watched).toContain(queue);
    for (const [, queue] of ofType('AWS::SQS::Queue')) expect(queue.Properties.SqsManagedSseEnabled).toBe(true);
  });

  it('sends results alone to the queue, and originals to the function', () => {
    const at = (name: string) => template.Resources[name]?.Properties.NotificationConfiguration;
    expect(at('Originals')).toEqual({
      LambdaConfigurations: [{ Event: 's3:ObjectCreated:*', Function: '!GetAtt Function.Arn' }],
    });
    expect(at('Thumbnails')).toMatchObject({
      QueueConfigurations: [{ Filter: { S3Key: { Rules: [{ Name: 'suffix', Value: '.json' }] } } }],
    });
  });

  it('runs the function on nodejs24.x', () => {
    expect(template.Resources.Function?.Properties).toMatchObject({ Runtime: 'nodejs24.x', Handler: 'index.handler' });
  });

  it('makes nothing that costs by the hour without an image', () => {
    const hourly = /^AWS::(RDS|ECS|ElasticLoadBalancingV2|SecretsManager|EC2)::/;
    const always = resources.filter(
      ([, resource]) => hourly.test(resource.Type) && resource.Condition !== 'HasService',
    );
    expect(always).toEqual([]);
  });

  it('gives the service a database that is not public, a check, and settings that it knows', () => {
    const { Database, Targets, Task } = template.Resources;
    expect(Database).toMatchObject({
      DeletionPolicy: 'Snapshot',
      Properties: { PubliclyAccessible: false, StorageEncrypted: true, DeletionProtection: '!Ref ProtectDatabase' },
    });
    expect(template.Parameters.ProtectDatabase).toMatchObject({ Default: 'true' });
    expect(Targets?.Properties.HealthCheckPath).toBe('/healthz');
    const containers = Task?.Properties.ContainerDefinitions as { Environment: Named[]; Secrets: Named[] }[];
    const container = containers.at(0);
    const given = [...(container?.Environment ?? []), ...(container?.Secrets ?? [])].map(({ Name }) => Name);
    const known = new Set([...settingNames(), 'DATABASE_HOST', 'DATABASE_PASSWORD']);
    expect(given.filter((name) => !known.has(name))).toEqual([]);
    const secrets = container?.Secrets.map(({ Name }) => Name) ?? [];
    expect(secrets).toEqual(expect.arrayContaining(['JWT_SECRET', 'LINK_SECRET', 'SESSION_SECRET', 'ADMIN_PASSWORD']));
  });

  it('lets the service speak only to a database that the authority of RDS vouches for', () => {
    const containers = template.Resources.Task?.Properties.ContainerDefinitions as { Command: string[] }[] | undefined;
    const [, url = ''] = /DATABASE_URL="([^"]+)"/.exec(containers?.[0]?.Command.join(' ') ?? '') ?? [];
    const { searchParams } = new URL(url.replaceAll('$', 'x'));
    expect(Object.fromEntries(searchParams)).toEqual({
      sslmode: 'verify-full',
      // WORKDIR of the Dockerfile, and what tools/build-server.mjs writes.
      sslrootcert: '/app/build/server/rds-ca.pem',
    });
    expect(JSON.stringify(template.Resources)).not.toMatch(/no-verify|PGSSLMODE/);
  });

  it('logs every request at the balancer, for 30 days, in a private bucket that balancers of this account write', () => {
    const { Balancer, AccessLogs, AccessLogsPolicy } = template.Resources;
    expect(Balancer?.Properties.LoadBalancerAttributes).toEqual(
      expect.arrayContaining([
        { Key: 'access_logs.s3.enabled', Value: 'true' },
        { Key: 'access_logs.s3.bucket', Value: '!Ref AccessLogs' },
      ]),
    );
    expect(AccessLogs?.Properties).toMatchObject({
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
      LifecycleConfiguration: { Rules: [{ Status: 'Enabled', ExpirationInDays: 30 }] },
    });
    expect(statementsIn(AccessLogsPolicy)[1]).toMatchObject({
      Effect: 'Allow',
      Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
      Action: 's3:PutObject',
      Resource: `!Sub \${AccessLogs.Arn}/AWSLogs/\${AWS::AccountId}/*`,
    });
  });

  it('describes every parameter', () => {
    for (const [name, { Description }] of Object.entries(template.Parameters)) {
      expect(`${name}: ${Description ?? ''}`.length).toBeGreaterThan(name.length + 10);
    }
  });
});

describe.each(documents)('the policies in %s', (_file, document) => {
  const statements = statementsIn(document);

  it('allow no action on everything, but where AWS knows no narrower one', () => {
    expect(statements.length).toBeGreaterThan(0);
    const everything = statements.filter(({ Effect, Resource }) => {
      return Effect === 'Allow' && [Resource].flat().some((resource) => resource === '*');
    });
    expect(everything.flatMap(({ Action }) => Action)).toEqual(
      everything.length > 0 ? ['ecr:GetAuthorizationToken'] : [],
    );
  });

  it('allow no family of actions, and nothing to everybody', () => {
    for (const { Effect, Action, Principal } of statements) {
      if (Effect !== 'Allow') continue;
      for (const action of [Action].flat()) expect(action).not.toContain('*');
      expect(Principal).not.toBe('*');
      expect(Principal).not.toEqual({ AWS: '*' });
    }
  });

  it('name no policy of AWS’s own such as AmazonS3FullAccess', () => {
    expect(JSON.stringify(document)).not.toMatch(/iam::aws:policy|FullAccess/);
  });
});
