import type { IncomingHttpHeaders } from 'node:http';
import type { ByteRange, ObjectInfo } from '../../core/storage/object-store.ts';

/** How a GET or HEAD of bytes is to be answered. */
export type ObjectAnswer = { status: 200 | 304 | 412 | 416; range?: undefined } | { status: 206; range: ByteRange };

type Facts = Pick<ObjectInfo, 'bytes' | 'etag' | 'lastModified'>;

const conditionNames = ['if-match', 'if-unmodified-since', 'if-none-match', 'if-modified-since', 'range'] as const;

/** Whether the answer depends on what the object is; if not, it is the whole of it. */
export function hasConditions(headers: IncomingHttpHeaders): boolean {
  return conditionNames.some((name) => headers[name] !== undefined);
}

/**
 * Conditions in the order of RFC 9110, 13.2.2, then the range (14.2): one range of bytes is honoured, of a GET alone.
 * What cannot be read is passed over, as the standard asks.
 */
export function objectAnswer(method: string, headers: IncomingHttpHeaders, facts: Facts): ObjectAnswer {
  const modifiedAt = Math.floor(facts.lastModified.getTime() / 1000) * 1000;
  if (headers['if-match'] !== undefined) {
    if (!matches(headers['if-match'], facts.etag, 'strong')) return { status: 412 };
  } else if (modifiedAt > httpDate(headers['if-unmodified-since'])) {
    return { status: 412 };
  }
  if (headers['if-none-match'] !== undefined) {
    if (matches(headers['if-none-match'], facts.etag, 'weak')) return { status: 304 };
  } else if (modifiedAt <= httpDate(headers['if-modified-since'])) {
    return { status: 304 };
  }
  if (method !== 'GET' || headers.range === undefined || !ifRangeHolds(headers['if-range'], facts.etag, modifiedAt)) {
    return { status: 200 };
  }
  const range = readRange(headers.range, facts.bytes);
  if (range === 'not satisfiable') return { status: 416 };
  return range ? { status: 206, range } : { status: 200 };
}

/** Whether `If-None-Match` names this tag, or all of them: then 304 is the answer. */
export function isKnownTag(header: string | undefined, etag: string): boolean {
  return header !== undefined && matches(header, etag, 'weak');
}

/** In the three forms of RFC 9110, 5.6.7. NaN, which compares as false with everything, for what is absent or no date. */
function httpDate(text = ''): number {
  if (/^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d [\d:]{8} \d{4}$/.test(text)) return Date.parse(`${text} GMT`);
  return /^[A-Z][a-z]+, /.test(text) ? Date.parse(text) : Number.NaN;
}

function matches(list: string, etag: string, comparison: 'strong' | 'weak'): boolean {
  if (list.trim() === '*') return true;
  const tags: readonly string[] = list.match(/(?:W\/)?"[^"]*"/g) ?? [];
  if (comparison === 'strong') return !etag.startsWith('W/') && tags.includes(etag);
  const opaque = (tag: string) => tag.replace(/^W\//, '');
  return tags.some((tag) => opaque(tag) === opaque(etag));
}

/** `If-Range` is an entity tag or a date; only an exact match will do. */
function ifRangeHolds(condition: string | string[] | undefined, etag: string, modifiedAt: number): boolean {
  if (condition === undefined) return true;
  if (typeof condition !== 'string') return false;
  if (condition.includes('"')) return condition.trim() === etag && !etag.startsWith('W/');
  return httpDate(condition.trim()) === modifiedAt;
}

/** Null for what is no single range of bytes: such a header means nothing. */
function readRange(header: string, bytes: number): ByteRange | 'not satisfiable' | null {
  const [, first, last] = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i.exec(header.trim()) ?? [];
  if (first === undefined || last === undefined || first + last === '') return null;
  if (first === '') {
    const length = Math.min(Number(last), bytes);
    return length === 0 ? 'not satisfiable' : { start: bytes - length, end: bytes - 1 };
  }
  const [start, end] = [Number(first), last === '' ? bytes - 1 : Number(last)];
  if (end < start && last !== '') return null;
  return start >= bytes ? 'not satisfiable' : { start, end: Math.min(end, bytes - 1) };
}
