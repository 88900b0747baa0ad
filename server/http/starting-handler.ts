import type { RequestListener } from 'node:http';
import { v7 as uuidV7 } from 'uuid';
import { AppError } from '../../core/errors.ts';
import { withoutFinalSlashes } from '../../core/without-final-slashes.ts';
import { bareHeaders } from './bare-headers.ts';
import { problemOf } from './problem.ts';

const notReady = { status: 'not ready', database: 'starting', store: 'starting', function: { status: 'unknown' } };

/** What the server answers between listening and being ready: it lives (`/healthz`), and asks to come back. */
export const startingHandler: RequestListener = (req, res) => {
  const path = withoutFinalSlashes((req.url ?? '').split('?')[0] ?? '');
  const requestId = uuidV7();
  const send = (status: number, type: string, answer: object, headers: Record<string, string> = {}) => {
    const body = JSON.stringify(answer);
    res.writeHead(status, {
      ...bareHeaders,
      'X-Request-Id': requestId,
      'Content-Type': `${type}; charset=utf-8`,
      'Content-Length': Buffer.byteLength(body),
      ...headers,
    });
    res.end(body);
  };
  if (path === '/healthz') return send(200, 'application/json', { status: 'ok' });
  const later = { 'Retry-After': '2', Connection: 'close' };
  if (path === '/readyz') return send(503, 'application/json', notReady, later);
  const error = new AppError('unavailable', 'Darkroom is starting. Try again in a moment.');
  send(503, 'application/problem+json', problemOf(error, requestId), later);
};
