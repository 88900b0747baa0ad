import type { Config } from '../config.ts';

/** The connections of a server, shared out among its processes: two at least for each. */
export function poolSizes({ databasePoolSize, workers }: Pick<Config, 'databasePoolSize' | 'workers'>) {
  const primary = Math.min(4, Math.max(2, Math.floor(databasePoolSize / 4)));
  return { primary, worker: Math.max(2, Math.floor((databasePoolSize - primary) / workers)) };
}
