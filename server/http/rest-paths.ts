import type { RequestHandler } from 'express';
import { AppError } from '../../core/errors.ts';

/**
 * Several slashes in a row count as one: a base address with a slash at its end is common. Every REST path is served under `/api` too, and `/api/images[/…]` is `/image/…`: POST there uploads, GET lists.
 * Rewrites such an address to the plain one before routing.
 */
export function restPaths(): RequestHandler {
  return (req, res, next) => {
    // RFC 9112, 3.2.2: a server takes a whole URL too, as clients of proxies send it.
    req.url = withSingleSlashes(req.url.replace(/^https?:\/\/[^/?]*\/?/i, '/'));
    const match = /^\/api(\/[^?]*)?(\?.*)?$/s.exec(req.url);
    if (!match) return next();
    const path = match[1] ?? '/';
    const search = match[2] ?? '';
    if (/^\/(admin|trpc|objects|api)(\/|$)/.test(path)) return next(notHere());
    if (path === '/images' || path === '/images/') {
      const target = { GET: '/image/all', HEAD: '/image/all', POST: '/image/upload' }[req.method];
      const allow = ['GET', 'HEAD', 'OPTIONS', 'POST'];
      if (req.method === 'OPTIONS') {
        res.writeHead(204, { Allow: allow.join(', ') }).end();
        return;
      }
      if (!target) return next(new AppError('method_not_allowed', `Use ${allow.join(', ')} here.`, { allow }));
      req.url = target + search;
    } else {
      req.url = path.replace(/^\/images\//, '/image/') + search;
    }
    next();
  };
}

/** Of the path alone: a query keeps what it has. */
function withSingleSlashes(url: string): string {
  const end = url.indexOf('?');
  const path = end < 0 ? url : url.slice(0, end);
  return path.replace(/\/{2,}/g, '/') + url.slice(path.length);
}

function notHere(): AppError {
  return new AppError('not_found', 'There is nothing at this address.');
}
