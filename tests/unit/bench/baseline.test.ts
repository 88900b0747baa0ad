import { describe, expect, it } from '@jest/globals';
import { growthAgainst } from '../../../bench/baseline.ts';

const baseline = { upload: { counts: { statements: 5, commits: 3, syncs: 8 } } };
const against = (counts: { statements: number; commits: number; syncs: number } | null, name = 'upload') =>
  growthAgainst(baseline, [{ name, counts }]);

describe('the baseline of counts', () => {
  it.each(['statements', 'commits', 'syncs'] as const)('is broken by one more of the %s, and says which', (what) => {
    const counts = { ...baseline.upload.counts, [what]: baseline.upload.counts[what] + 1 };
    expect(against(counts)).toEqual([expect.stringContaining(`${counts[what]} ${what} for each request`)]);
  });

  it('is kept by the same counts, by fewer, and by a row that counts nothing', () => {
    expect(against(baseline.upload.counts)).toEqual([]);
    expect(against({ statements: 4, commits: 2, syncs: 0 })).toEqual([]);
    expect(against(null)).toEqual([]);
  });

  it('must know every row that counts', () => {
    expect(against({ statements: 0, commits: 0, syncs: 0 }, 'new-row')).toEqual([
      'new-row has no counts in bench/baseline.json.',
    ]);
  });
});
