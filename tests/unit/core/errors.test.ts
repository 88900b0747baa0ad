import { describe, expect, it } from '@jest/globals';
import { AppError, type ErrorStatus, errorCodes, errorKinds } from '../../../core/errors.ts';
import { trpcCodeOf } from '../../../server/trpc/trpc.ts';

describe('the codes of errors', () => {
  it('have a status of an error, a title of their own, and a name for tRPC', () => {
    for (const code of errorCodes) {
      const error = new AppError(code, 'Try again.');
      expect(error.status).toBeGreaterThanOrEqual(400);
      expect(error.title).not.toMatch(/\.$/);
      expect([code, trpcCodeOf(error)]).toEqual([code, expect.stringMatching(/^[A-Z_]+$/)]);
    }
    const titles = errorCodes.map((code) => errorKinds[code].title);
    expect(new Set(titles).size).toBe(titles.length);
  });

  it('are a closed set: a map that misses a status, or has another one, does not compile', () => {
    const all: Record<ErrorStatus, true> = Object.fromEntries(
      errorCodes.map((code) => [errorKinds[code].status, true]),
    ) as Record<ErrorStatus, true>;
    const { 412: _, ...without412 } = all;
    // @ts-expect-error 412 is missing
    without412 satisfies Record<ErrorStatus, true>;
    // @ts-expect-error nothing answers 418
    const other: ErrorStatus = 418;
    expect([Object.keys(without412).length, other in all]).toEqual([Object.keys(all).length - 1, false]);
  });
});
