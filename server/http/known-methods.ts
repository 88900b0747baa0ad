import type { RequestHandler } from 'express';
import { AppError } from '../../core/errors.ts';

/** What any path of the service may have. */
const knownMethods = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST'];

/**
 * TRACE and the methods that are nobody's here are refused where no path has said so for itself (OWASP ASVS 4.1.4,
 * 13.4.4). `OPTIONS *` asks what there is at all (RFC 9110, 9.3.7).
 */
export function onlyKnownMethods(): RequestHandler {
  return (req, res, next) => {
    if (req.method === 'OPTIONS' && req.url === '*') {
      res.status(204).setHeader('Allow', knownMethods.join(', ')).end();
      return;
    }
    // PUT has no place either, but each path says for itself what it has.
    next(knownMethods.includes(req.method) || req.method === 'PUT' ? undefined : unknownMethod());
  };
}

export function unknownMethod(): AppError {
  return new AppError('method_not_allowed', `Use ${knownMethods.join(', ')}.`, { allow: knownMethods });
}
