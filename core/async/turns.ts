import { AppError } from '../errors.ts';

export interface TurnsOptions {
  /** How long somebody waits for a turn before it is `unavailable`. */
  patienceMilliseconds?: number;
}

/** Runs work of one key one after another, in the order in which it was asked for. */
export type TakeTurn = <T>(key: string, work: () => Promise<T>) => Promise<T>;

/**
 * Work that waits for the same row lock in the database had better wait here: there each one that waits holds a
 * connection of the pool, and fifty uploads of one account would leave none for anybody else.
 */
export function createTurns({ patienceMilliseconds = 30_000 }: TurnsOptions = {}): TakeTurn {
  const lastOf = new Map<string, Promise<void>>();

  return async (key, work) => {
    const before = lastOf.get(key);
    let done = () => {};
    const mine = new Promise<void>((resolve) => {
      done = resolve;
    });
    const last = before ? before.then(() => mine) : mine;
    lastOf.set(key, last);
    last.then(() => lastOf.get(key) === last && lastOf.delete(key));
    try {
      if (before) await within(before, patienceMilliseconds);
      return await work();
    } finally {
      done();
    }
  };
}

async function within(turn: Promise<void>, milliseconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new AppError('unavailable', 'Too many uploads of this account wait for each other. Try again later.'));
    }, milliseconds);
  });
  await Promise.race([turn, tooLong]).finally(() => clearTimeout(timer));
}
