import { describe, expect, it } from '@jest/globals';
import { bytesInWords, createPace } from '../../../../server/manage/pace.ts';

describe('the pace of work', () => {
  function clocked() {
    let at = 0;
    const pace = createPace(bytesInWords, () => at);
    return (seconds: number, done: number, total: number) => {
      at = seconds * 1_000;
      return pace(done, total);
    };
  }

  it('is told with what is left, once it can be', () => {
    const pace = clocked();
    expect(pace(0, 0, 1e9)).toBe('');
    expect(pace(0.5, 1e6, 1e9)).toBe('');
    expect(pace(10, 120e6, 1e9)).toBe('12 MB/s, 74 seconds left');
    expect(pace(15, 180e6, 10e9)).toBe('12 MB/s, 14 minutes left');
    expect(pace(20, 240e6, 100e9)).toBe('12 MB/s, 2 hours left');
  });

  it('is that of the last twenty seconds', () => {
    const pace = clocked();
    for (let second = 0; second <= 60; second += 1) pace(second, second * 1e6, 1e9);
    for (let second = 61; second <= 90; second += 1) pace(second, 60e6 + (second - 60) * 10e6, 1e9);
    expect(pace(91, 370e6, 1e9)).toBe('10 MB/s, 63 seconds left');
  });

  it('is not told while nothing moves', () => {
    const pace = clocked();
    pace(0, 5, 10);
    expect(pace(60, 5, 10)).toBe('');
  });
});

describe('bytes for a person', () => {
  it.each([
    [0, '0 bytes'],
    [0.4, '0 bytes'],
    [999, '999 bytes'],
    [1_000, '1.0 KB'],
    [1_234_567, '1.2 MB'],
    [56_000_000, '56 MB'],
    [7e12, '7.0 TB'],
    [7e16, '70000 TB'],
  ])('%p is %p', (bytes, words) => {
    expect(bytesInWords(bytes)).toBe(words);
  });
});
