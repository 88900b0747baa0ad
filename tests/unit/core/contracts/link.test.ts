import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createLinkSchemaFor, maxLinkUses } from '../../../../core/contracts/link.ts';

const limits = { expiringLinkMinSeconds: 300, expiringLinkMaxSeconds: 30_000, thumbnailHeights: [200, 400] };
const schema = createLinkSchemaFor(limits);
const read = (wish: unknown) => schema.safeParse(wish);
const messages = (wish: unknown) =>
  read(wish).error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) ?? [];
const bounds = 'expire_time: has to be a whole number of seconds, 300 to 30000, in digits';

describe('a fault', () => {
  it('is named as it was written', () => {
    expect(messages({ image: 'a', expireTime: 1 })).toEqual([bounds.replace('expire_time', 'expireTime')]);
    expect(messages({ image: 'a', expireTime: 300, maxUses: 0 }).join()).toMatch(/^maxUses: /);
    expect(messages({ image: 'a', expire_time: 300, max_uses: 0 }).join()).toMatch(/^max_uses: /);
  });
});

describe('expire_time', () => {
  it('takes every whole number within the bounds, as digits or as an integer', () => {
    fc.assert(
      fc.property(fc.integer({ min: 300, max: 30_000 }), fc.nat(5), fc.boolean(), (seconds, zeros, asText) => {
        const given = asText ? '0'.repeat(zeros) + seconds : seconds;
        expect(read({ image: 'a', expire_time: given }).data?.expire_time).toBe(seconds);
      }),
    );
  });

  it.each([299, 30_001, 0, -300, '299', '30001', '9'.repeat(400), 300.5, Number.POSITIVE_INFINITY, Number.NaN])(
    'refuses %p',
    (given) => {
      expect(messages({ image: 'a', expire_time: given })).toEqual([bounds]);
    },
  );

  it.each([
    undefined,
    null,
    '',
    ' 300',
    '300 ',
    '300\n',
    '+300',
    '-300',
    '300.0',
    '3e2',
    '0x12c',
    '٣٠٠',
    '３００',
    '1_000',
    true,
    [300],
    { valueOf: 300 },
  ])('refuses %p and names the bounds', (given) => {
    expect(messages({ image: 'a', expire_time: given })).toEqual([bounds]);
  });

  it('takes no text but ASCII digits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        fc.pre(!/^[0-9]+$/.test(text));
        expect(messages({ image: 'a', expire_time: text })).toEqual([bounds]);
      }),
    );
  });
});

describe('the other parameters of a link', () => {
  it('are checked at their bounds and one past them', () => {
    const at = (max_uses: unknown) => read({ image: 'a', expire_time: 300, max_uses }).success;
    expect([1, '1', maxLinkUses, null, undefined].map(at)).toEqual([true, true, true, true, true]);
    expect([0, maxLinkUses + 1, '', '1.0', false].map(at)).toEqual([false, false, false, false, false]);
  });

  it('let the height be one of the tier alone, and name them', () => {
    expect(read({ image: 'a', expire_time: 300, height: '200' }).data?.height).toBe(200);
    for (const height of [0, 201, '', 'x', 2000]) {
      expect(messages({ image: 'a', expire_time: 300, height })).toEqual([
        "height: has to be one of your tier's heights: 200, 400; leave it out for the original",
      ]);
    }
  });

  it('are all named at once', () => {
    expect(messages({}).map((message) => message.split(':')[0])).toEqual(['image', 'expire_time']);
    expect(messages({ image: '', expire_time: 1, max_uses: 0, height: 1 })).toHaveLength(4);
    expect(messages(null)).toHaveLength(2);
  });

  it('may be spelt as JSON keys, but not twice', () => {
    expect(read({ image: 'a', expireTime: 300, maxUses: 1 }).data).toEqual({
      image: 'a',
      expire_time: 300,
      max_uses: 1,
    });
    expect(messages({ image: 'a', expireTime: 300, expire_time: 300 })).toEqual([
      'expire_time: is given twice, as expireTime too; give it once',
    ]);
  });
});
