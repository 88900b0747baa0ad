import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * - `lose answer`: the server does what was asked, and the connection is cut before its answer
 * - `cut request`: the connection is cut after the first bytes of the body, which the server sees end, too
 * - `cut answer`: the connection is cut in the middle of the answer's body
 * - `slow down`: 503 SlowDown, and the server hears nothing
 * - `hang`: nothing, ever
 * - `{ status, code }`: this answer of the store, which hears nothing
 */
export type Fault =
  | 'lose answer'
  | 'cut request'
  | 'cut answer'
  | 'slow down'
  | 'hang'
  | { status: number; code: string };

export interface FaultyProxy {
  endpoint: string;
  /** `PUT /bucket/key?…`, of all requests so far. */
  requests: string[];
  /** What is done to a request; null: nothing. */
  fault: (request: string) => Fault | null;
  /** The fault for the first `times` requests that `which` says, and none for the others. */
  failTimes(times: number, fault: Fault, which?: RegExp): void;
  close(): Promise<void>;
}

/** Stands between a client and an S3 server on loopback, and passes on what it is sent, as it is: signatures hold. */
export async function startFaultyProxy(port: number): Promise<FaultyProxy> {
  const server = createServer((req, res) => {
    const name = `${req.method} ${req.url}`;
    proxy.requests.push(name);
    req.on('error', () => {});
    res.on('error', () => {});
    const fault = proxy.fault(name);
    if (fault === 'hang') req.resume();
    else if (fault === 'slow down') req.resume().once('end', () => answer(res, 503, 'SlowDown'));
    else if (typeof fault === 'object' && fault) req.resume().once('end', () => answer(res, fault.status, fault.code));
    else pass(req, res, port, fault);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy: FaultyProxy = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    fault: () => null,
    failTimes(times, fault, which = /./) {
      let left = times;
      proxy.requests.length = 0;
      proxy.fault = (name) => {
        if (left === 0 || !which.test(name)) return null;
        left -= 1;
        return fault;
      };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return proxy;
}

function answer(res: ServerResponse, status: number, code: string): void {
  res.writeHead(status, { 'content-type': 'application/xml' });
  res.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>So it is.</Message></Error>`);
}

function pass(req: IncomingMessage, res: ServerResponse, port: number, fault: Fault | null): void {
  const upstream = request({ port, host: '127.0.0.1', method: req.method, path: req.url, headers: req.headers });
  upstream.on('error', () => res.destroy());
  upstream.once('response', (answer) => {
    answer.on('error', () => res.destroy());
    if (fault === 'lose answer') {
      answer.resume().once('end', () => res.destroy());
      return;
    }
    res.writeHead(answer.statusCode ?? 502, answer.headers);
    if (fault !== 'cut answer') {
      answer.pipe(res);
      return;
    }
    answer.once('data', (chunk: Buffer) => {
      answer.pause();
      res.write(chunk.subarray(0, Math.ceil(chunk.length / 2)), () => res.destroy());
      upstream.destroy();
    });
  });
  if (fault !== 'cut request') {
    req.pipe(upstream);
    return;
  }
  req.once('data', (chunk: Buffer) => {
    req.pause();
    upstream.write(chunk.subarray(0, Math.ceil(chunk.length / 2)), () => {
      upstream.destroy();
      res.destroy();
    });
  });
}
