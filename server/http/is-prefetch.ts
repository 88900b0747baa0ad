import type { Request } from 'express';

const headers = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'] as const;

/**
 * Whether a browser fetches this before anybody asked for it: `Sec-Purpose: prefetch;prerender` (Fetch Standard), and
 * what Safari, older Chrome and older Firefox send.
 */
export function isPrefetch(req: Request): boolean {
  return headers.some((name) => /\b(?:prefetch|prerender|preview)\b/i.test(req.headers[name]?.toString() ?? ''));
}
