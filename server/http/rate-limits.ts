import type { Request, Response } from 'express';
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { Sequelize } from 'sequelize';
import { AppError } from '../../core/errors.ts';
import type { Actor } from '../accounts/actor.ts';
import { addressBucket } from '../accounts/address-bucket.ts';

/** What is counted by itself, beside all requests together. */
export type LimitedOperation = 'uploads' | 'links';

export interface RateLimitOptions {
  /** Per account, and per address where nobody is logged in; null: no limit. */
  requestsPerMinute: number | null;
  uploadsPerMinute: number | null;
  linksPerMinute: number | null;
  /** Counts for all servers together in the database; null: in the memory of this one. */
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

const windowSeconds = 60;
/**
 * A page of the panel is several requests, and whoever mends something there must not be stopped by what a program of the
 * same account does: the panel has a count of its own, and this at least. Five a second is more than a person clicks.
 */
const leastForPanel = 300;

type Limiter = RateLimiterMemory | RateLimiterPostgres;

/**
 * The limits that are set, none by default. The headers are those of draft-ietf-httpapi-ratelimit-headers-10. A database
 * that does not answer is no reason to refuse: this server counts by itself until it is back.
 */
export function createRateLimits({ sequelize, ...limits }: RateLimitOptions): LimitRate {
  const limiter = (name: string, points: number | null): [name: string, limiter: Limiter] | undefined => {
    if (points === null) return undefined;
    const inMemory = new RateLimiterMemory({ keyPrefix: `rate-${name}`, points, duration: windowSeconds });
    if (!sequelize) return [name, inMemory];
    return [
      name,
      new RateLimiterPostgres({
        storeClient: sequelize,
        storeType: 'sequelize',
        tableName: 'rate_limits',
        tableCreated: true,
        clearExpiredByTimeout: false,
        keyPrefix: `rate-${name}`,
        points,
        duration: windowSeconds,
        inMemoryBlockOnConsumed: points + 1,
        insuranceLimiter: inMemory,
      }),
    ];
  };
  const requests = limiter('requests', limits.requestsPerMinute);
  const operations = {
    uploads: limiter('uploads', limits.uploadsPerMinute),
    links: limiter('links', limits.linksPerMinute),
  };

  const panel = limiter('panel', limits.requestsPerMinute && Math.max(limits.requestsPerMinute, leastForPanel));
  const countedOf = (operation: LimitedOperation | 'panel' | undefined) =>
    operation === 'panel' ? [panel] : [requests, operation && operations[operation]];

  return async (req, res, actor, operation) => {
    if (operation === 'nothing') return;
    const counted = countedOf(operation).filter((entry) => entry !== undefined);
    if (counted.length === 0) return;
    const key = actor ? `account:${actor.accountId}` : `address:${addressBucket(req.ip ?? '')}`;
    const states: string[] = [];
    const policies = counted.map(([name, { points }]) => `"${name}";q=${points};w=${windowSeconds}`);
    tell(res, 'RateLimit-Policy', policies.join(', '));
    for (const [name, each] of counted) {
      const state = await consume(each, key);
      const seconds = Math.max(1, Math.ceil(state.msBeforeNext / 1000));
      states.push(`"${name}";r=${Math.max(0, state.remainingPoints)};t=${seconds}`);
      tell(res, 'RateLimit', states.join(', '));
      if (state.isOver) {
        const what = name === 'panel' ? 'requests' : name;
        throw new AppError('rate_limited', `Too many ${what} in a minute. Wait ${seconds} seconds.`, {
          retryAfterSeconds: seconds,
        });
      }
    }
  };
}

/** The answers of a batch may have begun to leave. */
function tell(res: Response, name: string, value: string): void {
  if (!res.headersSent) res.setHeader(name, value);
}

async function consume(limiter: Limiter, key: string) {
  try {
    const { remainingPoints, msBeforeNext } = await limiter.consume(key);
    return { remainingPoints, msBeforeNext, isOver: false };
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    return { remainingPoints: 0, msBeforeNext: refusal.msBeforeNext, isOver: true };
  }
}
