import { describe, expect, it } from '@jest/globals';
import { functionLimits } from '../../../../../server/embedded/function/function-limits.ts';

const unset = { concurrency: null, memoryMegabytes: null };
const gigabytes = (count: number) => count * 1024;

describe('the limits of the local function', () => {
  it.each([
    [
      { cores: 1, memoryMegabytes: gigabytes(2) },
      { concurrency: 1, memoryMegabytes: 1024 },
    ],
    [
      { cores: 2, memoryMegabytes: gigabytes(3) },
      { concurrency: 2, memoryMegabytes: 1024 },
    ],
    [
      { cores: 8, memoryMegabytes: gigabytes(8) },
      { concurrency: 2, memoryMegabytes: 2048 },
    ],
    [
      { cores: 8, memoryMegabytes: gigabytes(64) },
      { concurrency: 2, memoryMegabytes: 2560 },
    ],
  ])('are what the machine has room for: %j', (machine, limits) => {
    expect(functionLimits(unset, machine)).toEqual(limits);
  });

  it('are what was set', () => {
    const machine = { cores: 2, memoryMegabytes: gigabytes(8) };
    expect(functionLimits({ concurrency: 4, memoryMegabytes: 700 }, machine)).toEqual({
      concurrency: 4,
      memoryMegabytes: 700,
    });
    expect(functionLimits({ concurrency: 4, memoryMegabytes: null }, machine).memoryMegabytes).toBe(1024);
  });
});
