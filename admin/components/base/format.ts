import { locale } from './locale.ts';
import { say } from './say.ts';

const byteUnits = ['KB', 'MB', 'GB', 'TB'] as const;

/** `48.2 KB`; 1 KB is 1024 bytes. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return say.count(bytes, { one: '{{count}} byte', other: '{{count}} bytes' });
  const power = Math.min(byteUnits.length, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${value.toLocaleString(locale, { maximumFractionDigits: value >= 100 ? 0 : 1 })} ${byteUnits[power - 1]}`;
}

const durationUnits = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** `8 hours 20 minutes`. */
export function formatDuration(seconds: number): string {
  let rest = seconds;
  const parts: string[] = [];
  for (const [unit, size] of durationUnits) {
    const count = Math.floor(rest / size);
    if (count > 0) parts.push(inUnit(count, unit));
    rest -= count * size;
  }
  return parts.slice(0, 2).join(' ') || inUnit(0, 'second');
}

function inUnit(count: number, unit: string): string {
  return count.toLocaleString(locale, { style: 'unit', unit, unitDisplay: 'long' });
}

export function formatMoment(iso: string): string {
  return new Date(iso).toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'short' });
}

/** The same in two parts, for a place that is too narrow for both in a line. */
export function momentParts(iso: string): { day: string; time: string } {
  const moment = new Date(iso);
  return {
    day: moment.toLocaleDateString(locale, { dateStyle: 'medium' }),
    time: moment.toLocaleTimeString(locale, { timeStyle: 'short' }),
  };
}

export function formatCount(count: number): string {
  return count.toLocaleString(locale);
}
