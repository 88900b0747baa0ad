import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { thumbnailSize } from '../../../lambda/thumbnail-size.ts';

describe('the size of a thumbnail', () => {
  it.each([
    ['is bounded by the tier height', [1200, 800], 200, [300, 200]],
    ['is never larger than the original', [120, 80], 200, [120, 80]],
    ['keeps a wide one below 8192 by a lower height', [20_000, 1_000], 800, [8192, 410]],
    ['does so for one lower than the tier height too', [10_000, 10], 200, [8192, 8]],
    ['is at least one pixel wide', [1, 10_000], 200, [1, 200]],
    ['is at least one pixel high', [100_000, 1], 200, [8192, 1]],
  ] as const)('%s', (_, [width, height], tierHeight, [expectedWidth, expectedHeight]) => {
    expect(thumbnailSize({ width, height }, tierHeight)).toEqual({ width: expectedWidth, height: expectedHeight });
  });

  it('keeps the shape within half a pixel and every bound', () => {
    const side = fc.integer({ min: 1, max: 100_000 });
    fc.assert(
      fc.property(side, side, fc.integer({ min: 16, max: 4096 }), (width, height, tierHeight) => {
        const size = thumbnailSize({ width, height }, tierHeight);
        expect(size.width).toBeLessThanOrEqual(Math.min(width, 8192));
        expect(size.height).toBeLessThanOrEqual(Math.min(height, tierHeight));
        expect(Math.min(size.width, size.height)).toBeGreaterThanOrEqual(1);
        const scale = Math.min(1, tierHeight / height, 8192 / width);
        expect(Math.abs(size.width - Math.max(1, width * scale))).toBeLessThanOrEqual(0.5);
        expect(Math.abs(size.height - Math.max(1, height * scale))).toBeLessThanOrEqual(0.5);
      }),
    );
  });
});
