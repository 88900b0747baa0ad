import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FunctionError {
  errorType?: string;
  errorMessage?: string;
}

/** What a child says through the API. `secret` is which child it is. */
export interface RuntimeApiEvents {
  /** It is free; `res` is answered with its next invocation, whenever there is one. */
  next(secret: string, res: ServerResponse): void;
  response(secret: string, requestId: string, answer: unknown): void;
  error(secret: string, requestId: string, error: FunctionError): void;
  initError(secret: string, error: FunctionError): void;
}

export interface RuntimeApi {
  /** For a child's `AWS_LAMBDA_RUNTIME_API`. */
  addressFor(secret: string): string;
  close(): void;
}

const maxBodyBytes = 4 * 1024 * 1024;

/**
 * The Lambda runtime API on loopback. Each child has a path of its own that nobody else on the machine can guess.
 */
export async function startRuntimeApi(events: RuntimeApiEvents): Promise<RuntimeApi> {
  const server = createServer((req, res) => {
    route(events, req, res).catch(() => res.writeHead(400).end());
  });
  // A child waits for its next invocation as long as it takes.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 1;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  server.unref();
  const { port } = server.address() as AddressInfo;
  return {
    addressFor: (secret) => `127.0.0.1:${port}/${secret}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

const pathPattern =
  /^\/(?<secret>[0-9a-f]{32})\/2018-06-01\/runtime\/(?:(?<next>invocation\/next)|(?<init>init\/error)|invocation\/(?<id>[\w-]+)\/(?<end>response|error))$/;

async function route(events: RuntimeApiEvents, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const path = pathPattern.exec(req.url ?? '')?.groups;
  const secret = path?.secret ?? '';
  if (path?.next && req.method === 'GET') return events.next(secret, res);
  if (!path || req.method !== 'POST') {
    res.writeHead(404).end();
    return;
  }
  const body = JSON.parse(await readBody(req));
  res.writeHead(202).end();
  if (path.init) events.initError(secret, body);
  else if (path.end === 'response') events.response(secret, path.id ?? '', body);
  else events.error(secret, path.id ?? '', body);
}

async function readBody(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) throw new Error('too long an answer');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
