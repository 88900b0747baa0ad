import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CloudFormationClient,
  DescribeStackEventsCommand,
  GetTemplateCommand,
  ListChangeSetsCommand,
} from '@aws-sdk/client-cloudformation';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  DeleteObjectCommand,
  GetBucketEncryptionCommand,
  GetPublicAccessBlockCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { projectRoot } from '../../../server/project-root.ts';
import { deployOf } from '../../../tools/aws/deploy.ts';
import type { DeployOptions } from '../../../tools/aws/deploy-options.ts';
import { type DestroyOptions, destroyOf } from '../../../tools/aws/destroy.ts';
import { PlainFault } from '../../../tools/aws/plain-fault.ts';
import { findStack, readResources } from '../../../tools/aws/stack.ts';
import type { Terminal } from '../../../tools/aws/terminal.ts';

// Against AWS's APIs on loopback: `tools/with-moto.sh npm run test:aws`. Of the buckets' properties moto sets the
// encryption alone, of the function neither processor nor retries; it knows no conditions when it lists changes, and no
// rollback. What it cannot show is held by the tests of the template and of tools/aws.
if (!process.env.AWS_ENDPOINT_URL) throw new Error('AWS_ENDPOINT_URL is not set: run this with tools/with-moto.sh');

const region = 'eu-central-1';
const account = '123456789012';
const clients = {
  cloudFormation: new CloudFormationClient({ region }),
  s3: new S3Client({ region }),
  sts: new STSClient({ region }),
};
const { cloudFormation, s3 } = clients;
const lambda = new LambdaClient({ region });
// moto gives queues AWS's own addresses.
const sqs = new SQSClient({ region, useQueueUrlAsEndpoint: false });
afterAll(() => {
  for (const client of [...Object.values(clients), lambda, sqs]) client.destroy();
});

let stack: string;
let said: string[];
let code: string;
beforeEach(() => {
  stack = `t${crypto.randomUUID().slice(0, 8)}`;
  said = [];
  code = 'what stands for the zip';
});

const template = readFileSync(join(projectRoot, 'config_files/aws/template.yaml'), 'utf8');

/** A person who says this to every question, and types that. */
function personWho({ says = true, types = '' }: { says?: boolean | PlainFault; types?: string } = {}): Terminal {
  return {
    say: (text = '') => void said.push(text),
    confirm: async (question: string) => {
      said.push(question);
      if (says instanceof PlainFault) throw says;
      return says;
    },
    confirmByTyping: async (question: string, expected: string) => {
      said.push(question);
      return types === expected;
    },
  };
}

/** A process that ends when it would say this. */
function cutOffAt(line: RegExp): Terminal {
  const say = (text = '') => {
    if (line.test(text)) throw new Error('cut off');
    said.push(text);
  };
  return { ...personWho(), say };
}

const deploy = (options: Partial<DeployOptions> = {}, terminal = personWho()) =>
  deployOf({ ...clients, terminal, template, buildZip: async () => Buffer.from(code), pollMilliseconds: 5 })({
    stack,
    ...options,
  });
const destroy = (options: Partial<DestroyOptions> = {}, terminal = personWho()) =>
  destroyOf({ ...clients, terminal, pollMilliseconds: 5 })({ stack, ...options });

async function bucketNames(): Promise<string[]> {
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({ Prefix: stack }));
  return Buckets.map(({ Name = '' }) => Name);
}
async function idOf(name: string): Promise<string> {
  const resources = await readResources(cloudFormation, stack);
  return resources.find((resource) => resource.name === name)?.id ?? '';
}
const functionNow = () => lambda.send(new GetFunctionConfigurationCommand({ FunctionName: `${stack}-thumbnails` }));

describe('npm run aws:deploy', () => {
  it('brings up storage and function, and says what belongs into .env', async () => {
    await deploy();
    expect((await findStack(cloudFormation, stack))?.StackStatus).toBe('CREATE_COMPLETE');
    expect((await cloudFormation.send(new GetTemplateCommand({ StackName: stack }))).TemplateBody).toBe(template);
    const [originals, thumbnails] = [await idOf('Originals'), await idOf('Thumbnails')];
    for (const bucket of [originals, thumbnails]) {
      const { ServerSideEncryptionConfiguration } = await s3.send(new GetBucketEncryptionCommand({ Bucket: bucket }));
      const [rule] = ServerSideEncryptionConfiguration?.Rules ?? [];
      expect(rule?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm).toBe('AES256');
    }
    const made = await functionNow();
    expect(made).toMatchObject({ Runtime: 'nodejs24.x', MemorySize: 1769 });
    expect(made.Environment?.Variables).toMatchObject({
      S3_ORIGINALS_BUCKET: originals,
      S3_THUMBNAILS_BUCKET: thumbnails,
    });
    const queueUrl = await idOf('ResultsQueue');
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }),
    );
    expect(JSON.parse(Attributes?.RedrivePolicy ?? '{}')).toMatchObject({ maxReceiveCount: 5 });
    const text = said.join('\n');
    for (const line of [
      `S3_REGION=${region}`,
      `S3_ORIGINALS_BUCKET=${originals}`,
      `S3_THUMBNAILS_BUCKET=${thumbnails}`,
      `THUMBNAIL_FUNCTION=${stack}-thumbnails`,
      `RESULTS_QUEUE_URL=${queueUrl}`,
    ]) {
      expect(text.split('\n')).toContain(line);
    }
  });

  it('keeps the code in a bucket that is private and encrypted', async () => {
    await deploy();
    const Bucket = `${stack}-code-${account}-${region}`;
    const { PublicAccessBlockConfiguration } = await s3.send(new GetPublicAccessBlockCommand({ Bucket }));
    expect(Object.values(PublicAccessBlockConfiguration ?? {})).toEqual([true, true, true, true]);
    const { ServerSideEncryptionConfiguration } = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
    expect(ServerSideEncryptionConfiguration?.Rules).toHaveLength(1);
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
    expect(Contents.map(({ Key }) => Key)).toEqual([expect.stringMatching(/^thumbnails-arm64-[0-9a-f]{16}\.zip$/)]);
  });

  it('says what it makes and what that costs before it asks, and makes nothing without a yes', async () => {
    await expect(deploy({}, personWho({ says: false }))).rejects.toThrow('Nothing was changed');
    // moto also lists what a condition of the template leaves out: here the bucket for the balancer's logs.
    const [makes, costs, asks] = ['3 buckets', 'a month at rest', 'Make all this?'].map((text) =>
      said.findIndex((line) => line.includes(text)),
    );
    expect(makes).toBeGreaterThan(-1);
    expect(costs).toBeGreaterThan(makes!);
    expect(asks).toBeGreaterThan(costs!);
    expect(await findStack(cloudFormation, stack)).toBeNull();
    expect(await bucketNames()).toEqual([]);
  });

  it('makes nothing where nobody can be asked', async () => {
    await expect(deploy({}, personWho({ says: new PlainFault('no terminal') }))).rejects.toThrow('no terminal');
    expect(await findStack(cloudFormation, stack)).toBeNull();
    expect(await bucketNames()).toEqual([]);
  });

  it('finds nothing to change the second time, asks nothing, and says the settings again', async () => {
    await deploy();
    said = [];
    await deploy({}, personWho({ says: new PlainFault('was asked') }));
    expect(said.join('\n')).toContain('Nothing to change');
    expect(said.join('\n')).toContain(`S3_ORIGINALS_BUCKET=${await idOf('Originals')}`);
  });

  it('brings a new version of the function under a new key, and keeps what was set before', async () => {
    await deploy({ memory: '2048' });
    const before = await functionNow();
    code += '// another';
    await deploy();
    const after = await functionNow();
    expect(after.CodeSha256).not.toBe(before.CodeSha256);
    expect(after.MemorySize).toBe(2048);
    const { Summaries = [] } = await cloudFormation.send(new ListChangeSetsCommand({ StackName: stack }));
    expect(Summaries.filter((set) => set.StackName === stack && set.ExecutionStatus === 'AVAILABLE')).toEqual([]);
  });

  it('goes on where a run was cut off after AWS had begun', async () => {
    await expect(deploy({}, cutOffAt(/ made$/))).rejects.toThrow('cut off');
    said = [];
    await deploy();
    expect(said.join('\n')).toContain(`S3_ORIGINALS_BUCKET=${await idOf('Originals')}`);
  });

  it.each<[string, Partial<DeployOptions>, RegExp[]]>([
    ['a name that no bucket can have', { stack: 'My_Stack' }, [/lower-case letters/]],
    [
      'a service without what it needs',
      { service: 'registry.example.com/darkroom:1' },
      [/--public-url/, /--certificate/, /--vpc/, /--subnets/],
    ],
    [
      'a certificate of another region',
      { service: 'a/b:1', certificate: `arn:aws:acm:us-east-1:${account}:certificate/1-2` },
      [/of us-east-1.*eu-central-1/],
    ],
  ])('refuses %s before anything is asked of AWS', async (_what, options, messages) => {
    const error = await deploy(options).catch((fault: unknown) => fault);
    expect(error).toBeInstanceOf(PlainFault);
    for (const message of messages) expect(String(error)).toMatch(message);
    expect(await bucketNames()).toEqual([]);
  });
});

describe('npm run aws:destroy', () => {
  const picture = async () => {
    const Bucket = await idOf('Originals');
    // The template says so; moto does not read that of it.
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
    for (const Body of ['one', 'two']) await s3.send(new PutObjectCommand({ Bucket, Key: 'a/b', Body }));
    await s3.send(new PutObjectCommand({ Bucket, Key: 'gone', Body: 'deleted, and kept for a week' }));
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'gone' }));
    return Bucket;
  };

  it('takes the stack and its code down, and keeps the pictures', async () => {
    await deploy();
    const originals = await picture();
    const thumbnails = await idOf('Thumbnails');
    await destroy();
    expect(await findStack(cloudFormation, stack)).toBeNull();
    expect((await bucketNames()).sort()).toEqual([originals, thumbnails]);
    expect((await s3.send(new ListObjectsV2Command({ Bucket: originals }))).KeyCount).toBe(1);
    expect(said.join('\n')).toMatch(new RegExp(`What stays:[\\s\\S]*${originals}`));
  });

  it('takes nothing down without a yes', async () => {
    await deploy();
    await expect(destroy({}, personWho({ says: false }))).rejects.toThrow('Nothing was changed');
    expect((await findStack(cloudFormation, stack))?.StackStatus).toBe('CREATE_COMPLETE');
    expect(await bucketNames()).toHaveLength(3);
  });

  it('deletes the pictures with every version, when asked for by itself and typed', async () => {
    await deploy();
    const originals = await picture();
    await destroy({ deletePhotographs: true }, personWho({ types: originals }));
    expect(await bucketNames()).toEqual([]);
    expect(said).toContain(`  bucket ${originals} gone, with 3 versions`);
  });

  it('deletes no picture when something else is typed, and does it in a later run, without the stack', async () => {
    await deploy();
    const originals = await picture();
    const typo = destroy({ deletePhotographs: true }, personWho({ types: 'yes' }));
    await expect(typo).rejects.toThrow('no picture was deleted');
    expect(await bucketNames()).toHaveLength(2);
    await destroy({ deletePhotographs: true }, personWho({ types: originals }));
    expect(await bucketNames()).toEqual([]);
  });

  it('goes on where a run was cut off when the stack was gone', async () => {
    await deploy();
    const originals = await picture();
    const again = () => destroy({ deletePhotographs: true }, personWho({ types: originals }));
    await expect(destroy({ deletePhotographs: true }, cutOffAt(/ gone$/))).rejects.toThrow('cut off');
    expect(await bucketNames()).toHaveLength(3);
    await expect(destroy({}, personWho({ says: false }))).rejects.toThrow('Nothing was changed');
    expect(await bucketNames()).toHaveLength(3);
    await again();
    expect(await bucketNames()).toEqual([]);
  });

  it('touches no bucket of another stack whose name begins the same', async () => {
    await deploy();
    const longer = `${stack}-originals`;
    await deploy({ stack: longer });
    await destroy({ deletePhotographs: true }, personWho({ types: await idOf('Originals') }));
    const left = (await bucketNames()).map((name) => name.replace(/-[0-9a-f]{8}$/, ''));
    expect(left).toEqual([
      `${longer}-code-${account}-${region}`,
      `${longer}-originals-${account}`,
      `${longer}-thumbnails-${account}`,
    ]);
  });

  it('says so when there is nothing', async () => {
    await destroy();
    expect(said).toContain('There is no such stack.');
    await expect(cloudFormation.send(new DescribeStackEventsCommand({ StackName: stack }))).rejects.toThrow(
      'does not exist',
    );
  });
});
