import { describe, expect, it } from '@jest/globals';
import { resultKey as resultKeyOf, thumbnailKey } from '../../../../core/storage/object-key.ts';
import type { Recipe } from '../../../../core/thumbnails/recipe.ts';
import { readQueueMessage } from '../../../../server/thumbnailing/read-queue-message.ts';

const buckets = { originals: 'our-originals', thumbnails: 'our-thumbnails' };
const originalKey = '0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000/0123456789abcdef0123456789abcdef';
const recipe: Recipe = { version: 1, heights: [200, 400], format: 'same' };
const resultKey = resultKeyOf(originalKey, recipe);
/** As earlier versions wrote it. */
const earlierKey = `${originalKey}/result-same-200_400.json`;

const record = (bucket: string, key: string, eventName = 'ObjectCreated:Put') => ({
  eventVersion: '2.1',
  eventSource: 'aws:s3',
  eventName,
  s3: { bucket: { name: bucket, arn: `arn:aws:s3:::${bucket}` }, object: { key, size: 512, sequencer: '0065' } },
});
const read = (message: unknown) => readQueueMessage(JSON.stringify(message), buckets);

describe('a message of the results queue', () => {
  it('names the result objects that were written', () => {
    expect(read({ Records: [record('our-thumbnails', resultKey)] })).toEqual({
      results: [{ resultKey }],
      failures: [],
    });
  });

  it('names those of earlier versions too', () => {
    const { results } = read({ Records: [record('our-thumbnails', earlierKey)] }) ?? {};
    expect(results).toEqual([{ resultKey: earlierKey }]);
  });

  it('is read with its key encoded as in a form', () => {
    const key = resultKey.replaceAll('/', '%2F').replaceAll('_', '%5F');
    expect(read({ Records: [record('our-thumbnails', key)] })?.results).toEqual([{ resultKey }]);
  });

  it.each([
    [
      'a thumbnail',
      record('our-thumbnails', thumbnailKey(originalKey, recipe, { tierHeight: 200, contentType: 'image/jpeg' })),
    ],
    ['a thumbnail of an earlier version', record('our-thumbnails', `${originalKey}/200-same.jpg`)],
    ['an object of somebody else', record('our-thumbnails', 'holiday/result.json')],
    ['another bucket', record('their-thumbnails', resultKey)],
    ['an original', record('our-originals', originalKey)],
    ['a deletion', record('our-thumbnails', resultKey, 'ObjectRemoved:Delete')],
    ['a key that is not encoded', record('our-thumbnails', '%E0%A4%A')],
  ])('says nothing about %s', (_what, event) => {
    expect(read({ Records: [event] })).toEqual({ results: [], failures: [] });
  });

  it('may be S3’s test event, which says nothing', () => {
    expect(read({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'our-thumbnails' })).toEqual({
      results: [],
      failures: [],
    });
  });

  it.each(['', 'null', '[]', '{}', '{"Records":[{}]}', '<xml/>', '{"Message":"wrapped"}'])(
    'cannot be understood when it is %j',
    (body) => {
      expect(readQueueMessage(body, buckets)).toBeNull();
    },
  );
});

describe('a record of an invocation that Lambda gave up', () => {
  const gaveUp = (responsePayload: unknown, approximateInvokeCount = 3) => ({
    version: '1.0',
    timestamp: '2026-11-22T18:00:00.000Z',
    requestContext: {
      requestId: 'e4b46cbf-b738-xmpl-8880-a18cdf61200e',
      functionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:darkroom:$LATEST',
      condition: 'RetriesExhausted',
      approximateInvokeCount,
    },
    requestPayload: { Records: [record('our-originals', originalKey)] },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload,
  });
  const reasons = (message: unknown) => read(message)?.failures.map((failure) => failure.reason);
  const exit = (errorMessage: string) => ({ errorType: 'Runtime.ExitError', errorMessage });

  it('is one failure for each attempt when the decoder went down', () => {
    const segmentationFault = exit('RequestId: 1 Error: Runtime exited with error: signal: segmentation fault');
    expect(read(gaveUp(segmentationFault))?.failures[0]).toMatchObject({ originalKey, reason: 'crash' });
    expect(reasons(gaveUp(segmentationFault))).toEqual(['crash', 'crash', 'crash']);
    expect(reasons(gaveUp(segmentationFault, 1))).toEqual(['crash']);
    expect(reasons(gaveUp(segmentationFault, 1_000_000))).toHaveLength(3);
  });

  it('tells time and memory apart from a crash', () => {
    expect(reasons(gaveUp(exit('RequestId: 1 Error: Runtime exited with error: signal: killed'), 1))).toEqual([
      'out_of_memory',
    ]);
    const late = {
      errorType: 'Sandbox.Timedout',
      errorMessage: 'RequestId: 1 Error: Task timed out after 60.00 seconds',
    };
    expect(reasons(gaveUp(late, 1))).toEqual(['timeout']);
    const lateOnce = { errorMessage: '2026-11-22T18:00:00.000Z 1 Task timed out after 60.00 seconds' };
    expect(reasons(gaveUp(lateOnce, 1))).toEqual(['timeout']);
    expect(reasons(gaveUp({ errorType: 'OutOfMemory', errorMessage: 'cannot allocate' }, 1))).toEqual([
      'out_of_memory',
    ]);
  });

  it('blames no image for a store that was away, or for an event that grew too old', () => {
    expect(reasons(gaveUp({ errorType: 'AppError', errorMessage: 'The storage does not work right now.' }))).toEqual([
      'error',
    ]);
    expect(reasons(gaveUp(null))).toEqual(['error']);
    expect(reasons(gaveUp('not as it should be'))).toEqual(['error']);
  });

  it('says nothing about the objects of somebody else', () => {
    const message = gaveUp(exit('signal: killed'));
    message.requestPayload.Records = [record('their-originals', originalKey), record('our-originals', 'cat.jpg')];
    expect(read(message)).toEqual({ results: [], failures: [] });
  });
});
