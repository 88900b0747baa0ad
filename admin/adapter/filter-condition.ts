import { type ModelStatic, Op, type WhereOptions } from 'sequelize';
import type { AnyModel, PanelField } from './panel-definition.ts';
import { containsCondition, containsPattern, isUuid } from './search-words.ts';

/** A filter whose value means nothing finds nothing, and is no error: the address bar is nobody's enemy. */
const nothing: WhereOptions = { id: null };

const longestText = 500;
const largestInteger = Number.MAX_SAFE_INTEGER;

/**
 * What a filter of a list asks for, or null when there is nothing to ask (empty). Values come from an address: any
 * shape is possible.
 */
export function filterCondition(
  model: ModelStatic<AnyModel>,
  name: string,
  field: PanelField,
  value: unknown,
): WhereOptions | null {
  if (isEmpty(value)) return null;
  switch (field.kind) {
    case 'text':
      if (typeof value !== 'string') return nothing;
      return containsCondition(model, name, containsPattern(value.slice(0, longestText)));
    case 'choice':
      return equals(name, value, (text) => (field.choices?.includes(text) ? text : undefined));
    case 'boolean':
      return equals(name, value, (text) => ({ true: true, false: false })[text]);
    case 'number':
      return equals(name, value, integerOf);
    case 'id':
    case 'reference':
      return equals(name, value, (text) => (isUuid(text) ? text : undefined));
    case 'datetime':
      return between(name, value);
    default:
      return nothing;
  }
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.values(value).every(isEmpty);
}

/** One value, or several of which one is enough. */
function equals(name: string, value: unknown, read: (text: string) => unknown): WhereOptions {
  const given = typeof value === 'object' && value !== null ? Object.values(value) : [value];
  const values = given
    .map((one) => (typeof one === 'string' ? read(one) : undefined))
    .filter((one) => one !== undefined);
  return values.length > 0 ? { [name]: { [Op.in]: values } } : nothing;
}

function integerOf(text: string): number | undefined {
  const number = /^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return Math.abs(number) <= largestInteger ? number : undefined;
}

/** `{from, to}`, each optional; a day alone counts whole. */
function between(name: string, value: unknown): WhereOptions {
  if (typeof value !== 'object' || value === null) return nothing;
  const { from, to } = value as { from?: unknown; to?: unknown };
  const start = instantOf(from);
  const end = instantOf(to);
  if (start === null || end === null) return nothing;
  if (end && typeof to === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(to)) end.setUTCHours(23, 59, 59, 999);
  return { [name]: { ...(start && { [Op.gte]: start }), ...(end && { [Op.lte]: end }) } };
}

/** Undefined when it is not given, null when it cannot be read. PostgreSQL knows no year above 294276. */
function instantOf(value: unknown): Date | undefined | null {
  if (isEmpty(value)) return undefined;
  if (typeof value !== 'string' || value.length > 40) return null;
  const instant = new Date(value);
  const year = instant.getUTCFullYear();
  return year >= 1 && year <= 9999 ? instant : null;
}
