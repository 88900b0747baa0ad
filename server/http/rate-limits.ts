import type { Request, Response } from 'express';
import type { Sequelize } from 'sequelize';
import { AppError } from '../../core/errors.ts';
import type { Actor } from '../kernel/actor.ts';
import { addressBucket } from '../kernel/client-address.ts';
import { addressOf } from './request-context.ts';
import { type Counter, createCounter } from './shared-counter.ts';

/** What is counted by itself, beside all requests together. */
export type LimitedOperation = 'uploads' | 'links';

export interface RateLimitOptions {
  /** Per account, and per address where nobody is logged in; null: no limit. A tier can have its own. */
  requestsPerMinute: number | null;
  uploadsPerMinute: number | null;
  linksPerMinute: number | null;
  /** Where servers count together; null: this one counts alone. */
  sequelize: Sequelize | null;
}

/**
 * Counts a request, says in its answer what is left, and throws `rate_limited` when nothing is. Requests of the panel are
 * counted apart.
 */
export type LimitRate = (
  req: Request,
  res: Response,
  actor: Actor | undefined,
  operation?: LimitedOperation | 'panel' | 'nothing',
) => Promise<void>;

/**
 * A page of the panel is several requests, and whoever mends something there must not be stopped by what a program of the
 * same account does: the panel has a count of its own, and this at least. Five a second is more than a person clicks.
 */
const leastForPanel = 300;

interface Policy {
  /** As the headers have it. */
  name: string;
  windowSeconds: number;
  /** Null: no limit for this actor. */
  limitFor(actor: Actor | undefined): number | null;
  /** What is counted, in words. */
  what: string;
  count: Counter;
}

/** The limits of the service and of tiers. The headers are those of draft-ietf-httpapi-ratelimit-headers-10. */
export function createRateLimits({ sequelize, ...limits }: RateLimitOptions): LimitRate {
  const policy = (name: string, what: string, windowSeconds: number, limitFor: Policy['limitFor']): Policy => ({
    name,
    what,
    windowSeconds,
    limitFor,
    count: createCounter({ name, windowSeconds, sequelize }),
  });
  const requests = policy(
    'requests',
    'requests',
    60,
    (actor) => actor?.tier.requestsPerMinute ?? limits.requestsPerMinute,
  );
  const uploads = policy('uploads', 'uploads', 60, () => limits.uploadsPerMinute);
  const uploadsOfTier = policy('uploads-hour', 'uploads', 3600, (actor) => actor?.tier.uploadsPerHour ?? null);
  const links = policy('links', 'links', 60, () => limits.linksPerMinute);
  const panelLimit = limits.requestsPerMinute && Math.max(limits.requestsPerMinute, leastForPanel);
  const panel = policy('panel', 'requests', 60, () => panelLimit);
  const policiesOf: Record<LimitedOperation | 'panel' | 'request', readonly Policy[]> = {
    request: [requests],
    uploads: [requests, uploads, uploadsOfTier],
    links: [requests, links],
    panel: [panel],
  };

  return async (req, res, actor, operation) => {
    if (operation === 'nothing') return;
    const policies = policiesOf[operation ?? 'request'].filter((each) => each.limitFor(actor) !== null);
    if (policies.length === 0) return;
    const key = actor ? `account:${actor.accountId}` : `address:${addressBucket(addressOf(req))}`;
    const quotas = policies.map((each) => `"${each.name}";q=${each.limitFor(actor)};w=${each.windowSeconds}`);
    tell(res, 'RateLimit-Policy', quotas.join(', '));
    let states = '';
    for (const { name, what, windowSeconds, limitFor, count } of policies) {
      const limit = limitFor(actor) ?? Number.POSITIVE_INFINITY;
      const counted = count(key, limit);
      const { used, msLeft } = counted instanceof Promise ? await counted : counted;
      const seconds = Math.max(1, Math.ceil(msLeft / 1000));
      states += `${states && ', '}"${name}";r=${Math.max(0, limit - used)};t=${seconds}`;
      tell(res, 'RateLimit', states);
      if (used > limit) throw tooMany(what, windowSeconds, seconds);
    }
  };
}

function tooMany(what: string, windowSeconds: number, seconds: number): AppError {
  const detail =
    windowSeconds === 60
      ? `Too many ${what} in a minute. Wait ${seconds} seconds.`
      : `Too many ${what} in an hour. Wait ${seconds} seconds.`;
  return new AppError('rate_limited', detail, { retryAfterSeconds: seconds });
}

/** The answers of a batch may have begun to leave. */
function tell(res: Response, name: string, value: string): void {
  if (!res.headersSent) res.setHeader(name, value);
}
