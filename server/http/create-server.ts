import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { Duplex } from 'node:stream';
import { v7 as uuidV7 } from 'uuid';
import { AppError } from '../../core/errors.ts';
import { bareHeaders } from './bare-headers.ts';
import { noteCutOff } from './cut-off.ts';
import { discardBody } from './discard-body.ts';
import { deferContinue } from './expect-continue.ts';
import { unknownMethod } from './known-methods.ts';
import { problemOf } from './problem.ts';

export interface ServerOptions {
  /** From the first byte of a request to its last: what the slowest upload may take. */
  requestTimeoutSeconds: number;
  /** How long what is left of a body may come after the answer. Default: 5 seconds. */
  discardMilliseconds?: number;
}

const maxHeaderBytes = 16 * 1024;
const headersTimeoutMs = 20_000;
/** Longer than load balancers keep a connection (60 s at AWS), so that they never use one that just closes. */
const keepAliveTimeoutMs = 65_000;

/**
 * The HTTP server with its limits. What Node's parser refuses is answered as a problem too, and closes the connection:
 * two readings of one message are how requests are smuggled (RFC 9112, 11.2).
 */
export function createHttpServer(
  app: RequestListener,
  { requestTimeoutSeconds, discardMilliseconds }: ServerOptions,
): Server {
  const server = createServer(
    {
      maxHeaderSize: maxHeaderBytes,
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutSeconds * 1000,
      keepAliveTimeout: keepAliveTimeoutMs,
      connectionsCheckingInterval: 5_000,
      insecureHTTPParser: false,
      joinDuplicateHeaders: false,
      // Asked for below, with an answer like all others.
      requireHostHeader: false,
    },
    (req, res) => {
      // A body that nobody asked for must not hold its connection for as long as an upload may take.
      res.once('finish', () => discardBody(req, discardMilliseconds));
      if (isWellAddressed(req)) app(req, res);
      else refuseRequest(res);
    },
  );
  deferContinue(server);
  // RFC 9110, 10.1.1: what else is expected may be passed over.
  server.on('checkExpectation', (req, res) => server.emit('request', req, res));
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === 'HPE_INVALID_EOF_STATE' && noteCutOff(socket)) return;
    refuse(socket, refusalOf(error, socket));
  });
  server.on('connect', (_req, socket: Duplex) => refuse(socket, unknownMethod()));
  return server;
}

/** Of one version that we speak, for one host (RFC 9112, 3.2): two are how caches are fooled. */
function isWellAddressed({ httpVersionMajor, httpVersionMinor, headersDistinct }: IncomingMessage): boolean {
  const hosts = headersDistinct.host?.length ?? 0;
  return httpVersionMajor === 1 && (hosts === 1 || (hosts === 0 && httpVersionMinor === 0));
}

function refuseRequest(res: ServerResponse): void {
  const error = new AppError('invalid_request', 'Not a valid HTTP/1.1 request with one Host header.');
  const { body, headers } = problemMessage(error);
  res.shouldKeepAlive = false;
  res.writeHead(error.status, headers).end(body);
}

function refusalOf(error: NodeJS.ErrnoException, socket: Duplex): AppError | null {
  switch (error.code) {
    case 'ECONNRESET':
    case 'EPIPE':
      return null;
    case 'HPE_HEADER_OVERFLOW':
      return new AppError('headers_too_large', `The headers may have ${maxHeaderBytes} bytes at most.`);
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new AppError('request_timeout', 'The request took too long. Send it again.');
    case 'HPE_INVALID_METHOD':
      // Behind a request that still runs it is rather more body than was announced.
      return isRequestLine(error) && !isBusy(socket) ? unknownMethod() : notHttp();
    default:
      return notHttp();
  }
}

function notHttp(): AppError {
  return new AppError('invalid_request', 'Not a valid HTTP/1.1 request.');
}

/** Rather than, say, the first bytes of TLS. */
function isRequestLine(error: NodeJS.ErrnoException & { rawPacket?: Buffer }): boolean {
  return /^[!-~]{1,40} [!-~]+ HTTP\//.test(error.rawPacket?.toString('latin1') ?? '');
}

type HttpSocket = Duplex & { _httpMessage?: { headersSent: boolean } | null };

function isBusy(socket: HttpSocket): boolean {
  return Boolean(socket._httpMessage);
}

/** An answer that has begun on this connection must not get a second one into its body; Node's own handler looks too. */
function isAnswering(socket: HttpSocket): boolean {
  return socket._httpMessage?.headersSent ?? false;
}

/** Writes the problem by hand, for there is no response object: nothing of the request could be trusted. */
function refuse(socket: Duplex, error: AppError | null): void {
  if (!error || !socket.writable || isAnswering(socket)) {
    socket.destroy();
    return;
  }
  const { body, headers } = problemMessage(error);
  const lines = Object.entries({ Connection: 'close', ...headers }).map(([name, value]) => `${name}: ${value}`);
  const head = [`HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}`, ...lines];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}

function problemMessage(error: AppError): { body: string; headers: Record<string, string> } {
  const requestId = uuidV7();
  const body = JSON.stringify(problemOf(error, requestId));
  return {
    body,
    headers: {
      ...bareHeaders,
      'Content-Type': 'application/problem+json; charset=utf-8',
      'Content-Length': String(Buffer.byteLength(body)),
      'X-Request-Id': requestId,
      ...(error.allow ? { Allow: error.allow.join(', ') } : {}),
    },
  };
}
