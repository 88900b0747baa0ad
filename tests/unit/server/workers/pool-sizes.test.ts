import { describe, expect, it } from '@jest/globals';
import { poolSizes } from '../../../../server/workers/pool-sizes.ts';

describe('the connections of a server with workers', () => {
  it.each([
    [16, 2, { primary: 4, worker: 6 }],
    [28, 4, { primary: 4, worker: 6 }],
    [10, 2, { primary: 2, worker: 4 }],
    [100, 3, { primary: 4, worker: 32 }],
  ])('shares %i out among the first process and %i workers', (databasePoolSize, workers, shares) => {
    expect(poolSizes({ databasePoolSize, workers })).toEqual(shares);
  });

  it('gives each process two at least', () => {
    expect(poolSizes({ databasePoolSize: 2, workers: 8 })).toEqual({ primary: 2, worker: 2 });
  });
});
