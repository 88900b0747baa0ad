import type { ByteRange } from '../object-store.ts';

/** Throws a RangeError for a range that ends before it starts, which S3 would pass over. */
export function rangeHeader({ start, end }: ByteRange): string {
  if (!(start >= 0 && start <= end)) throw new RangeError('A range ends after it starts');
  return `bytes=${start}-${Math.min(end, Number.MAX_SAFE_INTEGER)}`;
}

/** Null when the answer is the whole object. */
export function parseContentRange(header: string | undefined): { range: ByteRange; total: number } | null {
  const [, start, end, total] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(header ?? '') ?? [];
  return total ? { range: { start: Number(start), end: Number(end) }, total: Number(total) } : null;
}
