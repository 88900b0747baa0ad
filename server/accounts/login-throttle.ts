import { createHash } from 'node:crypto';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { Sequelize } from 'sequelize';
import { createGate, type Gate } from '../../core/async/gate.ts';
import { AppError } from '../../core/errors.ts';
import { addressBucket } from '../kernel/client-address.ts';

export interface LoginThrottleOptions {
  sequelize: Sequelize;
  failuresPerAccountAndAddress?: number;
  failuresPerAddress?: number;
  windowSeconds?: number;
}

export interface LoginThrottle {
  /**
   * Runs `verify` when account and address have tries left, and counts it as a failure when it gives null. A success
   * forgets the failures of this account from this address. `rate_limited` with the seconds to wait otherwise,
   * before anything is verified, so that it does not tell whether the password was right.
   *
   * @param who.account The same for every way to write an account's name: its id, or the folded name of nobody.
   */
  attempt<T>(who: { account: string; address: string }, verify: () => Promise<T | null>): Promise<T | null>;
}

/**
 * Failed logins, counted in PostgreSQL for all servers and all ways to log in together. A try takes its place in the
 * count before the password is looked at and gives it back when it was right: parallel guesses cannot slip through.
 * The account's counter holds its address too, so that nobody locks a stranger out from somewhere else.
 */
export function createLoginThrottle({
  sequelize,
  failuresPerAccountAndAddress = 10,
  failuresPerAddress = 100,
  windowSeconds = 600,
}: LoginThrottleOptions): LoginThrottle {
  const counter = (keyPrefix: string, points: number) =>
    new RateLimiterPostgres({
      storeClient: sequelize,
      storeType: 'sequelize',
      tableName: 'rate_limits',
      tableCreated: true,
      clearExpiredByTimeout: false,
      keyPrefix,
      points,
      duration: windowSeconds,
    });
  const ofAccount = counter('login-account', failuresPerAccountAndAddress);
  const ofAddress = counter('login-address', failuresPerAddress);
  // Right passwords that come in parallel take places in the count while they are looked at. Few at once, and one at
  // once for the same account and address, so that they do not lock each other out.
  const everybody = createGate({ concurrency: 4, maxWaiting: 500 });
  const oneAtATime = keyedGates();

  async function giveBack(limiter: RateLimiterPostgres, key: string): Promise<void> {
    await sequelize.query(
      'UPDATE rate_limits SET points = points - 1 WHERE key = $1 AND points > 0 AND expire > $2::bigint',
      { bind: [limiter.getKey(key), Date.now()] },
    );
  }

  /** The failures of the account from this address go; those of the address stay, without the place of this try. */
  async function forget(key: string, bucket: string): Promise<void> {
    await sequelize.query(
      `WITH forgotten AS (DELETE FROM rate_limits WHERE key = $1)
       UPDATE rate_limits SET points = points - 1 WHERE key = $2 AND points > 0 AND expire > $3::bigint`,
      { bind: [ofAccount.getKey(key), ofAddress.getKey(bucket), Date.now()] },
    );
  }

  return {
    async attempt({ account, address }, verify) {
      const bucket = addressBucket(address);
      const key = createHash('sha256').update(`${account}\n${bucket}`).digest('base64url');
      return oneAtATime(key, () =>
        everybody.run(async () => {
          await reserve(ofAccount, key);
          try {
            await reserve(ofAddress, bucket);
          } catch (error) {
            await giveBack(ofAccount, key);
            throw error;
          }
          let result: Awaited<ReturnType<typeof verify>>;
          try {
            result = await verify();
          } catch (error) {
            await Promise.all([giveBack(ofAccount, key), giveBack(ofAddress, bucket)]);
            throw error;
          }
          if (result !== null) await forget(key, bucket);
          return result;
        }),
      );
    },
  };
}

async function reserve(limiter: RateLimiterPostgres, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    const retryAfterSeconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
    const minutes = Math.ceil(retryAfterSeconds / 60);
    const detail = `Too many failed logins. Try again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`;
    throw new AppError('rate_limited', detail, { retryAfterSeconds });
  }
}

/** One gate a key, gone when nobody is in it. */
function keyedGates(): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const gates = new Map<string, { gate: Gate; users: number }>();
  return async (key, work) => {
    const entry = gates.get(key) ?? { gate: createGate({ concurrency: 1, maxWaiting: 100 }), users: 0 };
    gates.set(key, entry);
    entry.users += 1;
    try {
      return await entry.gate.run(work);
    } finally {
      entry.users -= 1;
      if (entry.users === 0) gates.delete(key);
    }
  };
}
