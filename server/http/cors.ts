import type { RequestHandler } from 'express';

const allowedMethods = 'GET, HEAD, POST, PATCH, DELETE';
/** For a preflight that names none. */
const usualHeaders = [
  'Authorization',
  'Content-Type',
  'Content-Disposition',
  'Content-Digest',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'Last-Event-ID',
  'Prefer',
  'Range',
].join(', ');
const exposedHeaders = [
  'X-Request-Id',
  'Link',
  'ETag',
  'Retry-After',
  'Location',
  'Allow',
  'Content-Disposition',
  'Content-Range',
  'Preference-Applied',
  'Idempotency-Replayed',
  'Deprecation',
  'Sunset',
  'RateLimit',
  'RateLimit-Policy',
  'WWW-Authenticate',
].join(', ');
const preflightSeconds = '600';
/** A list of header names (RFC 9110, 5.6.1); whatever else is there is not repeated. */
const headerNames = /^[!#$%&'*+.^_`|~0-9A-Za-z, \t-]+$/;

/**
 * Which web pages of other origins may read answers (Fetch Standard, "HTTP extensions"): those of the list, compared to
 * the letter; `*` alone for all. Never with credentials: a token is sent by the page itself, and cookies are none of
 * this API's business. A page of an allowed origin may send any header: tracing and tRPC add their own (`traceparent`,
 * `baggage`, `trpc-accept`), and none of them gives a right here.
 */
export function cors({ origins }: { origins: readonly string[] }): RequestHandler {
  const toAll = origins.includes('*');
  return (req, res, next) => {
    if (origins.length === 0) return next();
    if (!toAll) res.vary('Origin');
    const { origin } = req.headers;
    if (origin === undefined || !(toAll || origins.includes(origin))) return next();
    res.setHeader('Access-Control-Allow-Origin', toAll ? '*' : origin);
    if (req.method === 'OPTIONS' && req.headers['access-control-request-method'] !== undefined) {
      res.setHeader('Access-Control-Allow-Methods', allowedMethods);
      const asked = req.headers['access-control-request-headers'] ?? '';
      res.vary('Access-Control-Request-Headers');
      res.setHeader('Access-Control-Allow-Headers', headerNames.test(asked) ? asked : usualHeaders);
      res.setHeader('Access-Control-Max-Age', preflightSeconds);
      res.status(204).end();
      return;
    }
    res.setHeader('Access-Control-Expose-Headers', exposedHeaders);
    next();
  };
}
