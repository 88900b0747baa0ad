import type { Request, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { v7 as uuidV7 } from 'uuid';
import type { Origin } from '../kernel/actor.ts';
import { withoutPort } from '../kernel/client-address.ts';
import { redactUrl } from '../process/logger.ts';
import { isFault } from './problem.ts';

/** Gives each request its id, and logs one line when it is over: what, how it ended, how long it took. */
export function requestContext(logger: Logger): RequestHandler {
  return (req, res, next) => {
    const startedAt = performance.now();
    res.locals.requestId = uuidV7();
    res.setHeader('X-Request-Id', res.locals.requestId);
    res.once('close', () => {
      const fields = {
        requestId: res.locals.requestId,
        method: req.method,
        url: redactUrl(req.originalUrl),
        status: res.statusCode,
        code: res.locals.problemCode,
        account: res.locals.actor?.accountId,
        address: addressOf(req),
        milliseconds: Math.round(performance.now() - startedAt),
        ...(res.writableFinished ? {} : { aborted: true }),
      };
      if (/^\/(healthz|readyz|metrics)/.test(req.path)) logger.debug(fields, 'request');
      else if (isFault(res.statusCode, res.locals.problemCode)) logger.error(fields, 'request');
      else if ([401, 403, 429].includes(res.statusCode)) logger.warn(fields, 'request');
      else logger.info(fields, 'request');
    });
    next();
  };
}

/** Who asks, as far as proxies that are trusted say; without the port that some of them put behind it. */
export function addressOf(req: Request): string {
  return withoutPort(req.ip ?? '');
}

export function originOf(req: Request, res: Response): Origin {
  return { address: addressOf(req), requestId: String(res.locals.requestId ?? '') };
}
