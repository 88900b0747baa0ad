import type { Request, Response } from 'express';
import type { Logger } from 'pino';
import { v7 as uuidV7 } from 'uuid';
import type { Origin } from '../kernel/actor.ts';
import { withoutPort } from '../kernel/client-address.ts';
import { isRedacted, redactUrl } from '../process/logger.ts';
import { isFault } from './problem.ts';

interface RequestFields {
  [isRedacted]: true;
  [name: string]: unknown;
}

/** Gives each request its id, and logs one line when it is over: what, how it ended, how long it took. */
export function requestContext(logger: Logger): (req: Request, res: Response, next?: () => void) => void {
  return (req, res, next) => {
    const startedAt = performance.now();
    res.locals.requestId = uuidV7();
    res.setHeader('X-Request-Id', res.locals.requestId);
    res.once('close', () => {
      const fields: RequestFields = {
        [isRedacted]: true,
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
      if (/^\/(healthz|readyz|metrics)/.test(req.originalUrl)) logger.debug(fields, 'request');
      else if (isFault(res.statusCode, res.locals.problemCode)) logger.error(fields, 'request');
      else if ([401, 403, 429].includes(res.statusCode)) logger.warn(fields, 'request');
      else logger.info(fields, 'request');
    });
    next?.();
  };
}

/** Who asks, as far as proxies that are trusted say; without the port that some of them put behind it. */
export function addressOf(req: Request): string {
  return withoutPort(req.ip ?? '');
}

export function originOf(req: Request, res: Response): Origin {
  return { address: addressOf(req), requestId: String(res.locals.requestId ?? '') };
}
