import { literal, type ModelStatic, Op, type Sequelize, type WhereOptions } from 'sequelize';
import type { AnyModel, DerivedFilter, PanelField } from './panel-definition.ts';
import { readPeriod } from './period.ts';
import { containsCondition, containsPattern, isUuid } from './search-words.ts';

/** A filter whose value means nothing finds nothing, and is no error: the address bar is nobody's enemy. */
export const nothing: WhereOptions = { id: null };

const longestText = 500;
const mostValues = 100;
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
  const wanted = emptinessOf(value);
  if (wanted) return emptiness(name, field, wanted);
  switch (field.kind) {
    case 'text':
      if (typeof value !== 'string') return nothing;
      return containsCondition(model, name, containsPattern(value.slice(0, longestText)));
    case 'choice':
      return equals(name, value, (text) => (!field.choices || field.choices.includes(text) ? text : undefined));
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

/** As `filterCondition`, for what is no column. */
export function derivedCondition(sequelize: Sequelize, derived: DerivedFilter, value: unknown): WhereOptions | null {
  if (isEmpty(value)) return null;
  const { choices, reference, isOneOf } = derived;
  const isKnown = (text: string) => (choices ? Object.hasOwn(choices, text) : !reference || isUuid(text));
  const values = textsIn(value).filter(isKnown);
  if (values.length === 0) return nothing;
  const list = values.map((text) => sequelize.escape(text)).join(', ');
  return literal(isOneOf?.(list) ?? `(${derived.value}) IN (${list})`) as unknown as WhereOptions;
}

/** `{empty: 'true'}` or `'false'`: whether there is anything at all. */
function emptinessOf(value: unknown): 'true' | 'false' | undefined {
  const empty = typeof value === 'object' && value !== null ? (value as { empty?: unknown }).empty : undefined;
  return empty === 'true' || empty === 'false' ? empty : undefined;
}

function emptiness(name: string, field: PanelField, isWanted: 'true' | 'false'): WhereOptions {
  const isText = field.kind === 'text' || (field.kind === 'choice' && !field.choices);
  if (isWanted === 'true') return { [name]: isText ? { [Op.or]: [null, ''] } : null };
  return { [name]: { [Op.and]: [{ [Op.ne]: null }, ...(isText ? [{ [Op.ne]: '' }] : [])] } };
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.values(value).every(isEmpty);
}

/** One value, or several of which one is enough. */
function equals(name: string, value: unknown, read: (text: string) => unknown): WhereOptions {
  const values = textsIn(value)
    .map(read)
    .filter((one) => one !== undefined);
  return values.length > 0 ? { [name]: { [Op.in]: values } } : nothing;
}

function textsIn(value: unknown): string[] {
  const given = typeof value === 'object' && value !== null ? Object.values(value) : [value];
  return given
    .filter((one): one is string => typeof one === 'string')
    .map((text) => text.slice(0, longestText).replaceAll('\0', ''))
    .slice(0, mostValues);
}

function integerOf(text: string): number | undefined {
  const number = /^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return Math.abs(number) <= largestInteger ? number : undefined;
}

/** `{from, to}`, each optional; a day alone counts whole. `{in}` is a year, a month or a day: `2026-11`. */
function between(name: string, value: unknown): WhereOptions {
  if (typeof value !== 'object' || value === null) return nothing;
  const { from, to, in: within } = value as { from?: unknown; to?: unknown; in?: unknown };
  const period = isEmpty(within) ? undefined : readPeriod(within);
  if (period === null) return nothing;
  const start = instantOf(from);
  const end = instantOf(to);
  if (start === null || end === null) return nothing;
  if (end && typeof to === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(to)) end.setUTCHours(23, 59, 59, 999);
  const bounds = [
    ...(start ? [{ [Op.gte]: start }] : []),
    ...(end ? [{ [Op.lte]: end }] : []),
    ...(period ? [{ [Op.gte]: period.start, [Op.lt]: period.end }] : []),
  ];
  return { [name]: { [Op.and]: bounds } };
}

/** Undefined when it is not given, null when it cannot be read. PostgreSQL knows no year above 294276. */
function instantOf(value: unknown): Date | undefined | null {
  if (isEmpty(value)) return undefined;
  if (typeof value !== 'string' || value.length > 40) return null;
  const instant = new Date(value);
  const year = instant.getUTCFullYear();
  return year >= 1 && year <= 9999 ? instant : null;
}
