import { createServer, type RequestListener, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { v7 as uuidV7 } from 'uuid';
import { AppError } from '../../core/errors.ts';
import { noteCutOff } from './cut-off.ts';
import { deferContinue } from './expect-continue.ts';
import { unknownMethod } from './known-methods.ts';
import { problemOf } from './problem.ts';

export interface ServerOptions {
  /** From the first byte of a request to its last: what the slowest upload may take. */
  requestTimeoutSeconds: number;
}

const maxHeaderBytes = 16 * 1024;
const headersTimeoutMs = 20_000;
/** Longer than load balancers keep a connection (60 s at AWS), so that they never use one that just closes. */
const keepAliveTimeoutMs = 65_000;

/**
 * The HTTP server with its limits. What Node's parser refuses is answered as a problem too, and closes the connection:
 * two readings of one message are how requests are smuggled (RFC 9112, 11.2).
 */
export function createHttpServer(app: RequestListener, { requestTimeoutSeconds }: ServerOptions): Server {
  const server = createServer(
    {
      maxHeaderSize: maxHeaderBytes,
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutSeconds * 1000,
      keepAliveTimeout: keepAliveTimeoutMs,
      connectionsCheckingInterval: 5_000,
      insecureHTTPParser: false,
      joinDuplicateHeaders: false,
    },
    app,
  );
  deferContinue(server);
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === 'HPE_INVALID_EOF_STATE' && noteCutOff(socket)) return;
    refuse(socket, refusalOf(error));
  });
  server.on('connect', (_req, socket: Duplex) => refuse(socket, unknownMethod()));
  return server;
}

function refusalOf(error: NodeJS.ErrnoException): AppError | null {
  switch (error.code) {
    case 'ECONNRESET':
    case 'EPIPE':
      return null;
    case 'HPE_HEADER_OVERFLOW':
      return new AppError('headers_too_large', `The headers may have ${maxHeaderBytes} bytes at most.`);
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new AppError('request_timeout', 'The request took too long. Send it again.');
    case 'HPE_INVALID_METHOD':
      return isRequestLine(error) ? unknownMethod() : notHttp();
    default:
      return notHttp();
  }
}

function notHttp(): AppError {
  return new AppError('invalid_request', 'This is no request of HTTP/1.1.');
}

/** Rather than, say, the first bytes of TLS. */
function isRequestLine(error: NodeJS.ErrnoException & { rawPacket?: Buffer }): boolean {
  return /^[!-~]{1,40} [!-~]+ HTTP\//.test(error.rawPacket?.toString('latin1') ?? '');
}

/** An answer that has begun on this connection must not get a second one into its body; Node's own handler looks too. */
function isAnswering(socket: Duplex & { _httpMessage?: { headersSent: boolean } | null }): boolean {
  return socket._httpMessage?.headersSent ?? false;
}

/** Writes the problem by hand, for there is no response object: nothing of the request could be trusted. */
function refuse(socket: Duplex, error: AppError | null): void {
  if (!error || !socket.writable || isAnswering(socket)) {
    socket.destroy();
    return;
  }
  const requestId = uuidV7();
  const body = JSON.stringify(problemOf(error, requestId));
  const head = [
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}`,
    'Connection: close',
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'",
    `X-Request-Id: ${requestId}`,
    ...(error.allow ? [`Allow: ${error.allow.join(', ')}`] : []),
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
