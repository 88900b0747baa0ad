import { setTimeout as wait } from 'node:timers/promises';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { createResultsQueue, type ResultsQueueDeps } from '../../../server/thumbnailing/results-queue.ts';

// Against a server that speaks SQS: `tools/with-moto.sh npm run test:aws`.
const endpoint = process.env.AWS_ENDPOINT_URL;
if (!endpoint) throw new Error('AWS_ENDPOINT_URL is not set: run this with tools/with-moto.sh');

const sqs = new SQSClient({ region: 'eu-central-1' });
const buckets = { originals: 'our-originals', thumbnails: 'our-thumbnails' };
const credentials = { accessKeyId: 'contract-test', secretAccessKey: 'contract-test-secret' };

const keyOf = (number: number) =>
  `0199aaaa-bbbb-7ccc-8ddd-${String(number).padStart(12, '0')}/0123456789abcdef0123456789abcdef`;
const resultKeyOf = (number: number) => `${keyOf(number)}/result-same-200.json`;
const record = (bucket: string, key: string) => ({
  eventName: 'ObjectCreated:Put',
  s3: { bucket: { name: bucket }, object: { key } },
});
/** moto may give one message to two who ask at the same time. */
const oneAtATime = { lanes: 1 };
const resultEvent = (number: number) => ({ Records: [record('our-thumbnails', resultKeyOf(number))] });

let queueUrl: string;
let deadLettersUrl: string;
let results: string[];
let failures: string[];
let takeIn: (resultKey: string) => Promise<void>;
let stop: (() => Promise<void>)[];

beforeEach(async () => {
  results = [];
  failures = [];
  takeIn = async () => {};
  stop = [];
  const name = crypto.randomUUID();
  deadLettersUrl = (await sqs.send(new CreateQueueCommand({ QueueName: `${name}-dead` }))).QueueUrl ?? '';
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: deadLettersUrl, AttributeNames: ['QueueArn'] }),
  );
  const created = await sqs.send(
    new CreateQueueCommand({
      QueueName: name,
      Attributes: { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: Attributes?.QueueArn, maxReceiveCount: 2 }) },
    }),
  );
  queueUrl = created.QueueUrl ?? '';
});
afterEach(async () => {
  for (const end of stop) await end();
});
afterAll(() => sqs.destroy());

function start(options: Partial<ResultsQueueDeps> = {}) {
  const queue = createResultsQueue({
    client: { region: 'eu-central-1', credentials },
    queueUrl,
    buckets,
    onResult: async ({ resultKey }) => {
      await takeIn(resultKey);
      results.push(resultKey);
    },
    onFailure: async ({ originalKey, reason }) => {
      failures.push(`${originalKey} ${reason}`);
    },
    logger: pino({ level: 'silent' }),
    waitSeconds: 1,
    ...options,
  });
  queue.start();
  stop.push(queue.stop);
  return queue;
}

const send = (message: unknown) =>
  sqs.send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: typeof message === 'string' ? message : JSON.stringify(message),
    }),
  );

/** Messages that wait, and messages that somebody has and did not delete. */
async function left(url = queueUrl): Promise<number> {
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }));
  return Number(Attributes?.ApproximateNumberOfMessages) + Number(Attributes?.ApproximateNumberOfMessagesNotVisible);
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const endsAt = performance.now() + 20_000;
  while (!(await isSo())) {
    if (performance.now() > endsAt) throw new Error('it did not come to that');
    await wait(50);
  }
}

describe('the results queue', () => {
  it('brings every result once, and is empty then', async () => {
    const numbers = Array.from({ length: 25 }, (_, number) => number);
    await Promise.all(numbers.map((number) => send(resultEvent(number))));
    start(oneAtATime);
    await until(() => results.length >= 25);
    expect(results.toSorted()).toEqual(numbers.map(resultKeyOf).toSorted());
    await until(async () => (await left()) === 0);
  });

  it('brings what comes while it waits', async () => {
    start({ waitSeconds: 10 });
    await wait(300);
    const sentAt = performance.now();
    await send(resultEvent(1));
    await until(() => results.length === 1);
    expect(performance.now() - sentAt).toBeLessThan(5_000);
  });

  it('takes S3’s test event without a word', async () => {
    await send({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'our-thumbnails' });
    start();
    await until(async () => (await left()) === 0);
    expect(results).toEqual([]);
  });

  it('brings the failures of an original that brought the function down', async () => {
    await send({
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3 },
      requestPayload: { Records: [record('our-originals', keyOf(1))] },
      responsePayload: { errorType: 'Runtime.ExitError', errorMessage: 'signal: segmentation fault' },
    });
    start();
    await until(async () => (await left()) === 0);
    expect(failures).toEqual(Array.from({ length: 3 }, () => `${keyOf(1)} crash`));
  });

  it('brings a result again, and that one alone, when it could not be taken in', async () => {
    let faults = 0;
    takeIn = async (key) => {
      if (key !== resultKeyOf(2) || faults > 0) return;
      faults += 1;
      throw new Error('the database is away');
    };
    await Promise.all([1, 2, 3].map((number) => send(resultEvent(number))));
    start(oneAtATime);
    await until(() => results.length === 2);
    expect(results.toSorted()).toEqual([resultKeyOf(1), resultKeyOf(3)]);
    await until(async () => (await left()) === 1);
    await until(() => results.length === 3);
    expect(results.at(-1)).toBe(resultKeyOf(2));
    await until(async () => (await left()) === 0);
  });

  it('leaves what nobody can read to the dead letters, and goes on', async () => {
    await send('not an event');
    await send(resultEvent(1));
    start({ visibilitySeconds: 1 });
    await until(() => results.length === 1);
    await until(async () => (await left(deadLettersUrl)) === 1);
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: deadLettersUrl }));
    expect(Messages?.[0]?.Body).toBe('not an event');
    expect(await left()).toBe(0);
  });

  it('stops at once while it waits', async () => {
    const idle = start({ waitSeconds: 20 });
    await wait(300);
    const askedAt = performance.now();
    await idle.stop();
    expect(performance.now() - askedAt).toBeLessThan(1_000);
  });

  it('stops after what it has begun', async () => {
    let letGo = () => {};
    const begun = new Promise<void>((resolve) => {
      takeIn = () => {
        resolve();
        return new Promise((go) => {
          letGo = go;
        });
      };
    });
    await send(resultEvent(1));
    const busy = start();
    await begun;
    let isStopped = false;
    const stopped = busy.stop().then(() => {
      isStopped = true;
    });
    await wait(200);
    expect(isStopped).toBe(false);
    letGo();
    await stopped;
    expect(results).toEqual([resultKeyOf(1)]);
    expect(await left()).toBe(0);
  });

  it('goes on when the queue comes back', async () => {
    const missing = `${queueUrl}-later`;
    start({ queueUrl: missing });
    await wait(300);
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: missing.split('/').at(-1) }));
    expect(QueueUrl).toBe(missing);
    queueUrl = missing;
    await send(resultEvent(1));
    await until(() => results.length === 1);
  });
});
