import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

const functionErrorSchema = z.object({ errorType: z.string().optional(), errorMessage: z.string().optional() });
export type FunctionError = z.infer<typeof functionErrorSchema>;

export interface Invocation {
  requestId: string;
  /** Unix time in milliseconds. */
  deadline: number;
  event: unknown;
}

/** A child that asked for its next invocation, and gets it whenever there is one. */
export interface WaitingCall {
  /** It is still there. */
  isOpen(): boolean;
  hand(invocation: Invocation): void;
}

/** What a child says. An id may be of any invocation, or of none. */
export interface RuntimeCalls {
  next(call: WaitingCall): void;
  response(requestId: string, answer: unknown): void;
  error(requestId: string, error: FunctionError): void;
  initError(error: FunctionError): void;
}

export interface RuntimeApi {
  /** Lets one child in: `address` is for its `AWS_LAMBDA_RUNTIME_API`, and tells it from all others. */
  admit(calls: RuntimeCalls): { address: string; expel(): void };
  close(): void;
}

const maxBodyBytes = 4 * 1024 * 1024;
const version = '2018-06-01';
const pathPattern = new RegExp(
  `^/(?<secret>[0-9a-f]{32})/${version}/runtime/(?:(?<call>invocation/next|init/error)|invocation/(?<id>[\\w-]+)/(?<end>response|error))$`,
);

/**
 * The Lambda runtime API (AWS: "Using the Lambda runtime API") on loopback. Each child has a path of its own that nobody
 * else on the machine can guess; to everybody else all of it is 404.
 */
export async function startRuntimeApi(): Promise<RuntimeApi> {
  const admitted = new Map<string, RuntimeCalls>();
  const server = createServer((req, res) => {
    answer(admitted, req, res).catch((error) => {
      if (!res.headersSent) res.writeHead(error instanceof BadCall ? 400 : 500);
      res.end();
    });
  });
  // A child waits for its next invocation as long as it takes.
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  server.unref();
  const { port } = server.address() as AddressInfo;
  return {
    admit: (calls) => {
      const secret = randomBytes(16).toString('hex');
      admitted.set(secret, calls);
      return { address: `127.0.0.1:${port}/${secret}`, expel: () => admitted.delete(secret) };
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

class BadCall extends Error {}

async function answer(admitted: Map<string, RuntimeCalls>, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { secret = '', call, id = '', end } = pathPattern.exec(req.url ?? '')?.groups ?? {};
  const calls = admitted.get(secret);
  const method = call === 'invocation/next' ? 'GET' : 'POST';
  if (!calls || req.method !== method) {
    res.writeHead(404, { Connection: 'close' }).end();
    return;
  }
  if (method === 'GET') {
    calls.next({ isOpen: () => !res.closed, hand: (invocation) => hand(res, invocation) });
    return;
  }
  const body = await readJson(req);
  if (end === 'response') calls.response(id, body);
  else {
    const { data: error = {} } = functionErrorSchema.safeParse(body);
    if (end === 'error') calls.error(id, error);
    else calls.initError(error);
  }
  res.writeHead(202).end();
}

function hand(res: ServerResponse, { requestId, deadline, event }: Invocation): void {
  res.writeHead(200, {
    'Content-Type': 'application/json',
    'Lambda-Runtime-Aws-Request-Id': requestId,
    'Lambda-Runtime-Deadline-Ms': String(deadline),
    'Lambda-Runtime-Invoked-Function-Arn': 'arn:aws:lambda:local:000000000000:function:darkroom-thumbnails',
  });
  res.end(JSON.stringify(event));
}

async function readJson(req: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) throw new BadCall('too long');
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (cause) {
    throw new BadCall('not JSON', { cause });
  }
}
