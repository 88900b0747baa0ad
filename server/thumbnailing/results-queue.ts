import { setTimeout as wait } from 'node:timers/promises';
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
  type SQSClientConfig,
} from '@aws-sdk/client-sqs';
import type { Logger } from 'pino';
import type { FunctionEnds } from './function-invoker.ts';
import { readQueueMessage } from './read-queue-message.ts';

export interface ResultsQueueDeps extends FunctionEnds {
  client: { region: string; credentials?: SQSClientConfig['credentials'] };
  queueUrl: string;
  /** Their real names. */
  buckets: { originals: string; thumbnails: string };
  logger: Logger;
  /** How long one question waits for messages. */
  waitSeconds?: number;
  /** How long a message is nobody else's after it was received; longer than the work on it takes. */
  visibilitySeconds?: number;
  /** Questions at once, of ten messages each. */
  lanes?: number;
}

export interface ResultsQueue {
  start(): void;
  /** Resolves when what was received is done with. */
  stop(): Promise<void>;
}

/** A message received this often is left to the queue's dead-letter queue, as its redrive policy says. */
const maxReceives = 5;
const messagesAtOnce = 10;
const longestPauseMs = 30_000;
/** After a fault a message comes again, later each time. */
const firstRetrySeconds = 5;
const longestRetrySeconds = 300;

/**
 * Reads the results queue in SQS, asking and waiting for as long as it runs (long polling). A message is deleted when
 * all of it is taken in; one whose work failed comes again, and alone. Taking in twice does no harm, so delivery at least
 * once, in any order, is enough. What is lost altogether is found by the sweep.
 */
export function createResultsQueue(deps: ResultsQueueDeps): ResultsQueue {
  const { queueUrl: QueueUrl, logger, waitSeconds = 20, visibilitySeconds = 60, lanes = 2 } = deps;
  const client = new SQSClient({
    ...deps.client,
    region: regionOf(QueueUrl) ?? deps.client.region,
    maxAttempts: 3,
    retryMode: 'standard',
    requestHandler: {
      connectionTimeout: 2_000,
      requestTimeout: (waitSeconds + 10) * 1000,
      throwOnRequestTimeout: true,
    },
  });
  const stopping = new AbortController();
  let running: Promise<unknown> = Promise.resolve();
  let faults = 0;

  async function read(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        const messages = await receive();
        if (faults > 0) logger.info('the results queue works again');
        faults = 0;
        await takeIn(messages);
      } catch (error) {
        if (stopping.signal.aborted) return;
        if (faults === 0) logger.error({ err: error }, 'the results queue cannot be read; the sweep does its work');
        faults += 1;
        const pause = Math.min(500 * 2 ** Math.min(faults, 10), longestPauseMs) * (0.5 + Math.random() / 2);
        await wait(pause, undefined, { signal: stopping.signal }).catch(() => {});
      }
    }
  }

  async function receive(): Promise<Message[]> {
    const command = new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: messagesAtOnce,
      WaitTimeSeconds: waitSeconds,
      VisibilityTimeout: visibilitySeconds,
      MessageSystemAttributeNames: ['ApproximateReceiveCount'],
    });
    const { Messages = [] } = await client.send(command, { abortSignal: stopping.signal });
    return Messages;
  }

  /** Does not look at `stopping`: what was received is done with first. */
  async function takeIn(messages: Message[]): Promise<void> {
    const outcomes = await Promise.all(messages.map(async (message) => ({ message, end: await work(message) })));
    const withEnd = (end: 'done' | 'again') => outcomes.filter((outcome) => outcome.end === end);
    const done = withEnd('done').map(({ message }, at) => ({ Id: String(at), ReceiptHandle: message.ReceiptHandle }));
    const again = withEnd('again').map(({ message }, at) => ({
      Id: String(at),
      ReceiptHandle: message.ReceiptHandle,
      VisibilityTimeout: retrySeconds(receivesOf(message)),
    }));
    if (done.length > 0) {
      const { Failed = [] } = await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: done }));
      if (Failed.length > 0) logger.warn({ count: Failed.length, first: Failed[0] }, 'messages that come again');
    }
    if (again.length > 0) await client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries: again }));
  }

  async function work(message: Message): Promise<'done' | 'again' | 'left'> {
    const { MessageId: messageId, Body = '' } = message;
    const read = readQueueMessage(Body, deps.buckets);
    if (!read) {
      logger.error(
        { messageId },
        'a message in the results queue cannot be understood; it is left to the dead letters',
      );
      return 'left';
    }
    try {
      for (const result of read.results) await deps.onResult(result);
      for (const failure of read.failures) await deps.onFailure(failure);
      return 'done';
    } catch (error) {
      const receives = receivesOf(message);
      if (receives < maxReceives) {
        logger.warn({ err: error, messageId, receives }, 'a result was not taken in; it comes again');
        return 'again';
      }
      logger.error({ err: error, messageId, receives }, 'a result was not taken in; it is left to the dead letters');
      return 'left';
    }
  }

  return {
    start: () => {
      running = Promise.all(Array.from({ length: lanes }, read));
    },
    stop: async () => {
      stopping.abort();
      await running;
      client.destroy();
    },
  };
}

function receivesOf({ Attributes }: Message): number {
  return Number(Attributes?.ApproximateReceiveCount ?? 1);
}

function retrySeconds(receives: number): number {
  return Math.min(firstRetrySeconds * 4 ** (receives - 1), longestRetrySeconds);
}

/** `https://sqs.REGION.amazonaws.com/ACCOUNT/NAME`. */
function regionOf(queueUrl: string): string | undefined {
  return /^https:\/\/sqs\.([\w-]+)\.amazonaws\.com(\.cn)?\//.exec(queueUrl)?.[1];
}
