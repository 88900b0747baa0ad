import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ObjectStore } from '../../core/storage/object-store.ts';
import { createS3ObjectStore } from '../../core/storage/s3-object-store.ts';

const png = { contentType: 'image/png' };
const mebibyte = 1024 * 1024;

type Answer = (req: IncomingMessage, res: ServerResponse) => void;

let server: Server;
let store: ObjectStore;
let answer: Answer;
let requests: string[];

/**
 * A server that answers what the test says, after it read the request: for faults that no real one can be brought to. Those
 * that a real one has, or the way to it, are in `tests/contract/s3/faults.test.ts`.
 */
beforeEach(async () => {
  requests = [];
  server = createServer((req, res) => {
    requests.push(`${req.method} ${req.url}`);
    req.on('error', () => {});
    req.resume();
    if (req.method === 'GET' || req.method === 'HEAD') answer(req, res);
    else req.once('end', () => answer(req, res));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  store = open((server.address() as AddressInfo).port);
});
afterEach(async () => {
  await store.close();
  server.closeAllConnections();
  server.close();
});

function open(port: number): ObjectStore {
  return createS3ObjectStore({
    client: {
      region: 'us-east-1',
      endpoint: `http://127.0.0.1:${port}`,
      credentials: { accessKeyId: 'AK', secretAccessKey: 'SK' },
    },
    buckets: { originals: 'originals-bucket', thumbnails: 'thumbnails-bucket' },
    forcePathStyle: true,
    timeouts: { connect: 200, idle: 300, request: 2_000 },
  });
}

const fail =
  (status: number, code: string): Answer =>
  (_req, res) => {
    res.writeHead(status, { 'content-type': 'application/xml' });
    res.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>of bucket originals-bucket</Message></Error>`);
  };
const ok: Answer = (_req, res) => {
  res.writeHead(200, { etag: '"e"' }).end();
};
const times = (n: number, first: Answer, then: Answer): Answer => {
  let count = 0;
  return (req, res) => (count++ < n ? first(req, res) : then(req, res));
};

const everyWork: [string, () => Promise<unknown>][] = [
  ['put', () => store.put('originals', 'a/b', Buffer.from('x'), png)],
  ['put in parts', () => store.put('originals', 'a/b', Readable.from([randomBytes(6 * mebibyte)]), png)],
  ['get', () => store.get('originals', 'a/b')],
  ['head', () => store.head('originals', 'a/b')],
  ['delete', () => store.delete('originals', ['a/b'])],
  ['list', () => Readable.from(store.list('originals', 'a')).toArray()],
  ['check', () => store.check()],
];

async function failure(work: () => Promise<unknown>): Promise<{ error: Error; milliseconds: number }> {
  const start = performance.now();
  const error = await work().then(
    () => {
      throw new Error('it should have failed');
    },
    (thrown) => thrown,
  );
  return { error, milliseconds: performance.now() - start };
}

describe('an S3 store that', () => {
  it.each(everyWork)('refuses connections is unavailable soon: %s', async (_name, work) => {
    server.close();
    server.closeAllConnections();
    const { error, milliseconds } = await failure(work);
    expect(error).toMatchObject({ code: 'unavailable', retryAfterSeconds: 5 });
    expect(milliseconds).toBeLessThan(4_000);
  });

  it('cannot delete some keys is asked again for those', async () => {
    const failed = '<DeleteResult><Error><Key>b</Key><Code>InternalError</Code></Error></DeleteResult>';
    answer = times(
      1,
      (_req, res) => res.end(failed),
      (_req, res) => res.end('<DeleteResult></DeleteResult>'),
    );
    await store.delete('originals', ['a', 'b']);
    expect(requests).toHaveLength(2);
    answer = (_req, res) => res.end(failed);
    expect((await failure(() => store.delete('originals', ['a', 'b']))).error).toMatchObject({ code: 'unavailable' });
  });

  it('fails in the middle of a multipart upload has the upload aborted', async () => {
    answer = (req, res) => {
      if (req.url?.includes('uploads')) {
        res.end('<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>');
      } else if (req.url?.includes('partNumber=2')) fail(400, 'BadDigest')(req, res);
      else ok(req, res);
    };
    const body = Readable.from(Array.from({ length: 14 }, () => randomBytes(mebibyte)));
    expect((await failure(() => store.put('originals', 'a/b', body, png))).error).toMatchObject({
      code: 'unavailable',
    });
    expect(requests.at(-1)).toBe('DELETE /originals-bucket/a/b?uploadId=u1&x-id=AbortMultipartUpload');
  });
});

describe('a download', () => {
  const bytes = randomBytes(4 * mebibyte);
  const head = { 'content-length': bytes.length, etag: '"e"', 'content-type': 'image/png' };

  it('that the store lets hang fails in time', async () => {
    answer = (_req, res) => {
      res.writeHead(200, head);
      res.write(bytes.subarray(0, mebibyte));
    };
    const object = await store.get('originals', 'a/b');
    const { error, milliseconds } = await failure(() => buffer(object!.body));
    expect(error).toMatchObject({ code: 'unavailable' });
    expect(milliseconds).toBeLessThan(1_500);
  });

  it('whose reader takes its time is not cut off', async () => {
    answer = (_req, res) => {
      res.writeHead(200, head).end(bytes);
    };
    const object = await store.get('originals', 'a/b');
    const read: Buffer[] = [];
    for await (const chunk of object!.body) {
      if (read.length % 30 === 0) await wait(450);
      read.push(chunk);
    }
    expect(Buffer.concat(read).equals(bytes)).toBe(true);
  });

  it('that is told to stop ends with the signal’s reason, and frees its connection', async () => {
    answer = (_req, res) => {
      res.writeHead(200, head);
      res.write(bytes.subarray(0, mebibyte));
    };
    const abort = new AbortController();
    const object = await store.get('originals', 'a/b', { signal: abort.signal });
    const reason = new Error('enough');
    abort.abort(reason);
    await expect(buffer(object!.body)).rejects.toBe(reason);
    await wait(50);
    expect(await new Promise((resolve) => server.getConnections((_error, count) => resolve(count)))).toBe(0);
  });
});
