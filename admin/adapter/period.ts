export interface Period {
  /** The first instant of it, in UTC. */
  start: Date;
  /** The first instant after it. */
  end: Date;
  /** What it is divided into, as PostgreSQL's to_char writes it; null for a day. */
  parts: 'YYYY-MM' | 'YYYY-MM-DD' | null;
}

/** `2026`, `2026-11` or `2026-11-22`, in UTC; null for what is none. */
export function readPeriod(text: unknown): Period | null {
  const match = typeof text === 'string' ? /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(text) : null;
  if (!match) return null;
  const [, year, month, day] = match;
  const [y, m, d] = [Number(year), Number(month ?? 1) - 1, Number(day ?? 1)];
  const start = instant(y, m, d);
  const isReal = y >= 1 && start.getUTCMonth() === m && start.getUTCDate() === d;
  if (!isReal) return null;
  if (day) return { start, end: instant(y, m, d + 1), parts: null };
  return month
    ? { start, end: instant(y, m + 1, 1), parts: 'YYYY-MM-DD' }
    : { start, end: instant(y + 1, 0, 1), parts: 'YYYY-MM' };
}

/** Date.UTC takes the years 0 to 99 for 1900 to 1999. */
function instant(year: number, month: number, day: number): Date {
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  return date;
}
