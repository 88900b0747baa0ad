import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createTierSchema, thumbnailHeightsSchema, updateTierSchema } from '../../../../core/contracts/tier.ts';

const tier = { name: 'Basic', thumbnailHeights: [200] };
const pathsOf = (input: object) => {
  const parsed = createTierSchema.safeParse({ ...tier, ...input });
  return parsed.success ? [] : parsed.error.issues.map((issue) => issue.path.join('.'));
};

describe('a tier', () => {
  it('gets what is usual', () => {
    expect(createTierSchema.parse({ name: '  Basic ', thumbnailHeights: [400, 200, 400] })).toEqual({
      name: 'Basic',
      isDefault: false,
      thumbnailHeights: [200, 400],
      thumbnailFormat: 'same',
      originalLink: false,
      expiringLink: false,
      expiringLinkMinSeconds: 300,
      expiringLinkMaxSeconds: 30_000,
      maxUploadBytes: 52_428_800,
      quotaBytes: null,
      requestsPerMinute: null,
      uploadsPerHour: null,
    });
  });

  it.each<[string, object, string[]]>([
    ['no heights', { thumbnailHeights: [] }, ['thumbnailHeights']],
    ['15 px', { thumbnailHeights: [15] }, ['thumbnailHeights.0']],
    ['16 px', { thumbnailHeights: [16] }, []],
    ['4096 px', { thumbnailHeights: [4096] }, []],
    ['4097 px', { thumbnailHeights: [200, 4097] }, ['thumbnailHeights.1']],
    ['half a pixel', { thumbnailHeights: [200.5] }, ['thumbnailHeights.0']],
    ['text', { thumbnailHeights: ['200'] }, ['thumbnailHeights.0']],
    ['16 heights', { thumbnailHeights: Array.from({ length: 16 }, (_, at) => 100 + at) }, []],
    ['17 heights', { thumbnailHeights: Array.from({ length: 17 }, (_, at) => 100 + at) }, ['thumbnailHeights']],
    ['17 times the same', { thumbnailHeights: Array.from({ length: 17 }, () => 200) }, []],
    ['an empty name', { name: '   ' }, ['name']],
    ['100 characters', { name: '🦊'.repeat(100) }, []],
    ['101 characters', { name: 'x'.repeat(101) }, ['name']],
    ['a control character', { name: 'a\u0000b' }, ['name']],
    ['another format', { thumbnailFormat: 'png' }, ['thumbnailFormat']],
    ['a week', { expiringLinkMaxSeconds: 604_800 }, []],
    ['more than a week', { expiringLinkMaxSeconds: 604_801 }, ['expiringLinkMaxSeconds']],
    ['no time', { expiringLinkMinSeconds: 0 }, ['expiringLinkMinSeconds']],
    ['bounds that meet', { expiringLinkMinSeconds: 300, expiringLinkMaxSeconds: 300 }, []],
    ['bounds that cross', { expiringLinkMinSeconds: 301, expiringLinkMaxSeconds: 300 }, ['expiringLinkMaxSeconds']],
    ['no bytes', { maxUploadBytes: 0 }, ['maxUploadBytes']],
    ['bytes beyond a number', { maxUploadBytes: 2 ** 53 }, ['maxUploadBytes']],
    ['a quota of nothing', { quotaBytes: 0 }, []],
    ['a negative quota', { quotaBytes: -1 }, ['quotaBytes']],
    ['no requests', { requestsPerMinute: 0 }, ['requestsPerMinute']],
    ['too many uploads', { uploadsPerHour: 1_000_001 }, ['uploadsPerHour']],
    ['limits', { requestsPerMinute: 1, uploadsPerHour: 1_000_000 }, []],
    ['a field that is none', { version: 7 }, ['']],
  ])('with %s', (_, input, paths) => {
    expect(pathsOf(input)).toEqual(paths);
  });

  it('keeps any heights sorted and unique', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 16, max: 4096 }), { minLength: 1, maxLength: 16 }), (heights) => {
        const kept = thumbnailHeightsSchema.parse(heights);
        expect(new Set(kept)).toEqual(new Set(heights));
        expect(kept.every((height, at) => at === 0 || height > kept[at - 1]!)).toBe(true);
      }),
    );
  });

  it('changes only what is given', () => {
    expect(updateTierSchema.parse({ originalLink: true, version: 3 })).toEqual({ originalLink: true, version: 3 });
    expect(updateTierSchema.safeParse({ id: 'x' }).success).toBe(false);
  });
});
