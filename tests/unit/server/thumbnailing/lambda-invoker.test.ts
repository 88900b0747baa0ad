import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { FunctionInvoker } from '../../../../server/thumbnailing/function-invoker.ts';
import { createLambdaInvoker } from '../../../../server/thumbnailing/lambda-invoker.ts';

const originalKey = '0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000/0123456789abcdef0123456789abcdef';
const recipe = { version: 1 as const, heights: [200], format: 'same' as const };

interface Asked {
  path: string;
  type: string | undefined;
  authorization: string;
  event: { Records: { darkroom?: unknown; s3: { bucket: { name: string }; object: { key: string } } }[] };
}

let server: Server;
let asked: Asked[];
let answer: (res: ServerResponse) => void;
let invoker: FunctionInvoker;

beforeEach(async () => {
  asked = [];
  answer = (res) => res.writeHead(202).end();
  server = createServer(async (req, res) => {
    asked.push({
      path: req.url ?? '',
      type: req.headers['x-amz-invocation-type'] as string,
      authorization: req.headers.authorization ?? '',
      event: JSON.parse(await text(req)),
    });
    answer(res);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  invoker = open('darkroom-thumbnails');
});
afterEach(async () => {
  await invoker.close();
  server.closeAllConnections();
  server.close();
});

function open(functionName: string): FunctionInvoker {
  return createLambdaInvoker({
    client: {
      region: 'eu-central-1',
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      credentials: { accessKeyId: 'AK', secretAccessKey: 'SK' },
    },
    functionName,
    originalsBucket: 'our-originals',
    timeouts: { connect: 200, request: 300 },
  });
}

function fail(status: number, type: string) {
  return (res: ServerResponse) => {
    res.writeHead(status, { 'Content-Type': 'application/json', 'X-Amzn-ErrorType': type });
    res.end(JSON.stringify({ Type: 'User', message: 'no' }));
  };
}

describe('the function in AWS Lambda', () => {
  it('is asked by an event like S3’s, with the recipe, and not waited for', async () => {
    expect(invoker.health()).toEqual({ status: 'unknown' });
    await invoker.invoke({ originalKey, recipe });
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ path: '/2015-03-31/functions/darkroom-thumbnails/invocations', type: 'Event' });
    expect(asked[0]?.event.Records).toEqual([
      expect.objectContaining({
        s3: { bucket: { name: 'our-originals' }, object: { key: originalKey } },
        darkroom: { recipe },
      }),
    ]);
    expect(invoker.health()).toEqual({ status: 'ok' });
  });

  it('is asked in the region that its ARN names', async () => {
    const other = open('arn:aws:lambda:us-west-2:123456789012:function:thumbnails');
    await other.invoke({ originalKey });
    await other.close();
    expect(asked[0]?.authorization).toContain('/us-west-2/lambda/');
  });

  it('is asked three times, then it is down until it takes a request again', async () => {
    answer = fail(503, 'ServiceException');
    await expect(invoker.invoke({ originalKey })).rejects.toMatchObject({ code: 'unavailable' });
    expect(asked).toHaveLength(3);
    expect(invoker.health()).toMatchObject({ status: 'down', detail: expect.stringContaining('ServiceException') });
    answer = (res) => res.writeHead(202).end();
    await invoker.invoke({ originalKey });
    expect(invoker.health()).toEqual({ status: 'ok' });
  });

  it('is asked once when it is not there, or is not ours to ask', async () => {
    answer = fail(404, 'ResourceNotFoundException');
    await expect(invoker.invoke({ originalKey })).rejects.toMatchObject({ code: 'unavailable' });
    expect(asked).toHaveLength(1);
    expect(invoker.health()).toMatchObject({ status: 'down' });
  });

  it('is not down because it has enough to do', async () => {
    await invoker.invoke({ originalKey });
    answer = fail(429, 'TooManyRequestsException');
    await expect(invoker.invoke({ originalKey })).rejects.toMatchObject({ code: 'unavailable' });
    expect(invoker.health()).toEqual({ status: 'ok' });
  });

  it('is not waited for when it hangs', async () => {
    answer = () => {};
    const startedAt = performance.now();
    await expect(invoker.invoke({ originalKey })).rejects.toMatchObject({ code: 'unavailable' });
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect(asked.length).toBeLessThanOrEqual(3);
  });
});
