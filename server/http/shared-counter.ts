import { RateLimiterPostgres } from 'rate-limiter-flexible';
import type { Sequelize } from 'sequelize';

export interface CounterOptions {
  /** Unique among counters; a part of what the table keeps. */
  name: string;
  windowSeconds: number;
  /** The database in which servers count together; null: this process counts alone. */
  sequelize: Sequelize | null;
}

export interface Count {
  /** Of this key in its window, this one included. */
  used: number;
  /** Until the window ends. */
  msLeft: number;
}

/** Counts one more of a key, of which `limit` are allowed in a window; at once, unless it asks the database. */
export type Counter = (key: string, limit: number) => Count | Promise<Count>;

interface Window {
  used: number;
  /** As many the database was told of, some of them in advance. */
  told: number;
  /** What other processes told it. */
  elsewhere: number;
  endsAt: number;
}

const firstCleaning = 10_000;

/**
 * A counter in fixed windows, kept in this process. Servers that share a database count together without a statement for
 * each request: a hundredth of a limit is free in each process, and what goes beyond is told to the database a hundredth
 * at a time. A limit below a hundred is exact; a larger one is exceeded by at most a hundredth for each process. A database
 * that does not answer is no reason to refuse: this process counts alone until it is back.
 */
export function createCounter({ name, windowSeconds, sequelize }: CounterOptions): Counter {
  const windows = new Map<string, Window>();
  let cleanAt = firstCleaning;
  const shared =
    sequelize &&
    new RateLimiterPostgres({
      storeClient: sequelize,
      storeType: 'sequelize',
      tableName: 'rate_limits',
      tableCreated: true,
      clearExpiredByTimeout: false,
      keyPrefix: `rate-${name}`,
      points: Number.MAX_SAFE_INTEGER,
      duration: windowSeconds,
    });

  function windowOf(key: string, now: number): Window {
    const known = windows.get(key);
    if (known && known.endsAt > now) return known;
    if (windows.size >= cleanAt) {
      for (const [each, { endsAt }] of windows) if (endsAt <= now) windows.delete(each);
      cleanAt = Math.max(firstCleaning, 2 * windows.size);
    }
    const fresh = { used: 0, told: 0, elsewhere: 0, endsAt: now + windowSeconds * 1000 };
    windows.set(key, fresh);
    return fresh;
  }

  async function askAll(store: RateLimiterPostgres, key: string, window: Window, inAdvance: number): Promise<Count> {
    const alone = { used: window.used + window.elsewhere, msLeft: window.endsAt - Date.now() };
    const more = window.used - window.told + inAdvance;
    window.told += more;
    try {
      const { consumedPoints, msBeforeNext } = await store.consume(key, more);
      // What is on its way of this process may be among them, or not yet.
      window.elsewhere = Math.max(window.elsewhere, consumedPoints - window.told);
      window.endsAt = Date.now() + msBeforeNext;
      return { used: consumedPoints - inAdvance, msLeft: msBeforeNext };
    } catch {
      return alone;
    }
  }

  return (key, limit) => {
    const now = Date.now();
    const window = windowOf(key, now);
    window.used += 1;
    const used = window.used + window.elsewhere;
    const hundredth = Math.floor(limit / 100);
    if (!shared || used > limit || window.used <= Math.max(window.told, hundredth)) {
      return { used, msLeft: window.endsAt - now };
    }
    return askAll(shared, key, window, Math.max(1, hundredth) - 1);
  };
}
