import { z } from 'zod';
import { parseMadeKey, parseOriginalKey } from '../../core/storage/object-key.ts';
import type { InvocationFailure } from './function-invoker.ts';
import { createdIn, s3RecordsSchema } from './s3-records.ts';

/** What a message of the results queue says. */
export interface QueueMessage {
  results: { resultKey: string }[];
  /** One for each attempt that ended without a result. */
  failures: { originalKey: string; reason: InvocationFailure; detail: string }[];
}

const testSchema = z.object({ Service: z.literal('Amazon S3'), Event: z.literal('s3:TestEvent') });
const failureSchema = z.object({
  requestContext: z.object({ condition: z.string(), approximateInvokeCount: z.int().catch(1) }),
  requestPayload: s3RecordsSchema,
  responsePayload: z
    .object({ errorType: z.string().catch(''), errorMessage: z.string().catch('') })
    .nullish()
    .catch(null),
});

/** Lambda itself tries three times at most. */
const maxAttempts = 3;

/**
 * Reads what arrives in the results queue: S3's events of the thumbnails bucket (AWS: "Event message structure"), and
 * Lambda's records of invocations that it gave up (AWS: "Capturing records of Lambda asynchronous invocations"). Null
 * for anything else. Events of other objects, and of other buckets, say nothing.
 */
export function readQueueMessage(
  body: string,
  buckets: { originals: string; thumbnails: string },
): QueueMessage | null {
  const message = parseJson(body);
  if (testSchema.safeParse(message).success) return { results: [], failures: [] };
  const events = s3RecordsSchema.safeParse(message);
  if (events.success) {
    const keys = createdIn(events.data, buckets.thumbnails);
    const results = keys.filter((key) => parseMadeKey(key)?.isResult).map((resultKey) => ({ resultKey }));
    return { results, failures: [] };
  }
  const failure = failureSchema.safeParse(message);
  return failure.success ? { results: [], failures: failuresOf(failure.data, buckets.originals) } : null;
}

function failuresOf(record: z.infer<typeof failureSchema>, originals: string): QueueMessage['failures'] {
  const { condition, approximateInvokeCount } = record.requestContext;
  const { errorType = '', errorMessage = '' } = record.responsePayload ?? {};
  const attempts = Math.min(Math.max(approximateInvokeCount, 1), maxAttempts);
  const detail = [condition, errorType, errorMessage].filter(Boolean).join(': ').slice(0, 500);
  return createdIn(record.requestPayload, originals)
    .filter((key) => parseOriginalKey(key) !== null)
    .flatMap((originalKey) => {
      const failure = { originalKey, reason: reasonOf(errorType, errorMessage), detail };
      // A passing fault says nothing about the original, however often.
      return Array.from({ length: failure.reason === 'error' ? 1 : attempts }, () => failure);
    });
}

/** As Lambda words it. What the function itself throws has another type. */
function reasonOf(errorType: string, errorMessage: string): InvocationFailure {
  if (errorType === 'Sandbox.Timedout' || /Task timed out after/.test(errorMessage)) return 'timeout';
  if (errorType === 'OutOfMemory' || errorType === 'Runtime.OutOfMemory') return 'out_of_memory';
  if (errorType !== 'Runtime.ExitError') return 'error';
  return /signal: killed/.test(errorMessage) ? 'out_of_memory' : 'crash';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
