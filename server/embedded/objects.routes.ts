import { type Request, type Response, Router } from 'express';
import type { Logger } from 'pino';
import { AppError } from '../../core/errors.ts';
import { diskBucketAddress, diskStoreRegion } from '../../core/storage/disk-object-store.ts';
import type { Bucket, ObjectStore } from '../../core/storage/object-store.ts';
import type { SigningCredentials } from '../../core/storage/sigv4.ts';
import { createPresignVerifier } from '../../core/storage/verify-presigned.ts';
import { discardBody } from '../http/discard-body.ts';
import { objectSecurityHeaders } from '../http/object-security-headers.ts';
import { sendObject } from '../http/send-object.ts';

export interface ObjectsRoutesDeps {
  store: ObjectStore;
  /** The same as the store signs with. */
  presign: { publicUrl: string } & SigningCredentials;
  logger: Pick<Logger, 'error'>;
  now?: () => Date;
}

/**
 * The disk store's own S3 endpoint, as far as a browser needs one: GET and HEAD of `/objects/BUCKET/KEY` with a presigned
 * URL. Faults have S3's codes, sentences and XML. What is signed is `publicUrl`, not the Host header: a proxy in front
 * may send any host, and may take off the path of `publicUrl` or not. A URL that was signed for GET may be asked with
 * HEAD too; S3 refuses that, and nobody would miss it.
 */
export function createObjectsHandler({ store, presign, logger, now = () => new Date() }: ObjectsRoutesDeps) {
  const verify = createPresignVerifier({ region: diskStoreRegion, credentials: presign });

  /** `path` is what follows `/objects`, with the query. */
  return async function sendStoredObject(req: Request, res: Response, path: string): Promise<void> {
    for (const [name, value] of Object.entries(objectSecurityHeaders)) res.setHeader(name, value);
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      res.setHeader('Allow', 'GET, HEAD');
      sendXmlError(req, res, 405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.');
      return;
    }
    const target = parseTarget(path);
    if (target === 'malformed') {
      sendXmlError(req, res, 400, 'InvalidURI', "Couldn't parse the specified URI.");
      return;
    }
    if (!target) {
      sendXmlError(req, res, 403, 'AccessDenied', 'Access Denied');
      return;
    }
    const { bucket, key, query } = target;
    const address = diskBucketAddress(presign.publicUrl, bucket);
    const verdict = verify({ method: req.method, address, key, query, now: now() });
    if (!verdict.ok) {
      const { status, code, message } = verdict.fault;
      sendXmlError(req, res, status, code, message);
      return;
    }
    if (verdict.contentDisposition !== undefined && !isHeaderValue(verdict.contentDisposition)) {
      sendXmlError(req, res, 400, 'InvalidArgument', 'response-content-disposition cannot be a header.');
      return;
    }
    try {
      const secondsLeft = Math.floor((verdict.expiresAt.getTime() - now().getTime()) / 1000);
      res.setHeader('Cache-Control', `private, max-age=${Math.max(0, secondsLeft)}`);
      if (verdict.contentDisposition) res.setHeader('Content-Disposition', verdict.contentDisposition);
      const sent = await sendObject(req, res, {
        head: () => store.head(bucket, key),
        get: (options) => store.get(bucket, key, options),
      });
      if (sent === null) sendXmlError(req, res, 404, 'NoSuchKey', 'The specified key does not exist.');
    } catch (error) {
      logger.error({ err: error, requestId: res.locals.requestId }, 'An object could not be sent');
      if (res.headersSent) res.destroy();
      else sendFailure(req, res, error);
    }
  };
}

/** The same as a router, which answers below `/objects` and nothing else. */
export function createObjectsRoutes(deps: ObjectsRoutesDeps): Router {
  const send = createObjectsHandler(deps);
  const router = Router({ caseSensitive: true });
  router.use('/objects', (req, res) => send(req, res, req.url));
  return router;
}

/** Null for a URL that names no object of ours. */
function parseTarget(url: string): { bucket: Bucket; key: string; query: string } | 'malformed' | null {
  const [path = '', ...query] = url.split('?');
  const [, bucket, ...segments] = path.split('/');
  if ((bucket !== 'originals' && bucket !== 'thumbnails') || segments.length === 0) return null;
  try {
    return { bucket, key: decodeURIComponent(segments.join('/')), query: query.join('?') };
  } catch {
    return 'malformed';
  }
}

function isHeaderValue(text: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(text);
}

function sendFailure(req: Request, res: Response, error: unknown): void {
  if (error instanceof AppError && error.code === 'unavailable') {
    res.setHeader('Retry-After', String(error.retryAfterSeconds ?? 5));
    sendXmlError(req, res, 503, 'ServiceUnavailable', 'The storage does not work right now. Please try again.');
  } else {
    sendXmlError(req, res, 500, 'InternalError', 'We encountered an internal error. Please try again.');
  }
}

function sendXmlError(req: Request, res: Response, status: number, code: string, message: string): void {
  for (const name of ['ETag', 'Last-Modified', 'Accept-Ranges', 'Content-Range', 'Content-Disposition']) {
    res.removeHeader(name);
  }
  const requestId = String(res.getHeader('X-Request-Id') ?? '');
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${escapeXml(message)}</Message><RequestId>${escapeXml(requestId)}</RequestId></Error>`;
  res.setHeader('Content-Type', 'application/xml; charset=utf-8');
  res.setHeader('Cache-Control', 'no-store');
  res.setHeader('Content-Length', Buffer.byteLength(body));
  res.status(status).end(req.method === 'HEAD' ? undefined : body);
  discardBody(req);
}

function escapeXml(text: string): string {
  return text.replace(/[<>&'"]/g, (c) => `&#${c.charCodeAt(0)};`);
}
