import { describe, expect, it } from '@jest/globals';
import { localText, minutesWithin, secondsUntil } from '../../../admin/components/images/until.ts';

/** In the time zone of whoever runs this, far from where clocks are changed. */
const now = new Date(2026, 5, 15, 14, 30, 20, 400);

describe('until a date and time', () => {
  it('is written as the browser’s field holds it, and read back to the minute', () => {
    expect(localText(now)).toBe('2026-06-15T14:30');
    expect(localText(new Date(2026, 0, 2, 3, 4))).toBe('2026-01-02T03:04');
    expect(secondsUntil('2026-06-15T17:50', now)).toBe(3 * 3600 + 20 * 60 - 20);
    expect(secondsUntil('2026-06-15T17:50:20', now)).toBe(3 * 3600 + 20 * 60);
    expect(secondsUntil('2026-06-15T14:00', now)).toBe(-1820);
  });

  it.each(['', 'soon', '2026-06-15', '2026-13-01T00:00', 'T10:00'])('%j is no moment', (text) => {
    expect(secondsUntil(text, now)).toBeNull();
  });

  it.each([
    [300, 30_000],
    [60, 60],
    [1, 604_800],
  ])('offers minutes that are within %i and %i seconds', (minSeconds, maxSeconds) => {
    const { first, last } = minutesWithin({ minSeconds, maxSeconds }, now);
    const [least, most] = [first, last].map((moment) => secondsUntil(localText(moment), now) ?? Number.NaN);
    expect(least).toBeGreaterThanOrEqual(minSeconds);
    expect(least).toBeLessThan(minSeconds + 60);
    expect(most).toBeLessThanOrEqual(maxSeconds);
    expect(most).toBeGreaterThan(maxSeconds - 60);
  });
});
