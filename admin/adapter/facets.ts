import { fn, literal, type ModelStatic, Op, type OrderItem, type WhereOptions } from 'sequelize';
import { type Asked, listCondition } from './list-condition.ts';
import type { AnyModel, PanelDefinition } from './panel-definition.ts';
import { readPeriod } from './period.ts';
import { withRelatedIds } from './related-ids.ts';

const mostChoices = 15;
const mostDays = 31;
const units = { YYYY: 'year', 'YYYY-MM': 'month', 'YYYY-MM-DD': 'day' } as const;
/** Beside the ones that are shown, those where the count of a chosen one is looked up. */
const mostRead = 1_000;

export interface FacetChoice {
  value: string;
  /** How many rows of the list have it, as far as the other filters let them through. */
  count: number;
}

/** One filter at the side of a list. */
export interface Facet {
  name: string;
  kind: 'choices' | 'dates';
  choices: FacetChoice[];
  /** There are more than are named. */
  isCut: boolean;
  /** How many have nothing there, and how many something; absent where that cannot be. */
  empty?: { yes: number; no: number };
  /** The resource whose ids the values are. */
  reference?: string;
}

interface Found {
  value: unknown;
  count: string | number;
}

/** The filters of a list with the values that occur, most first, beside what is chosen. */
export async function facetsOf(definition: PanelDefinition, asked: Asked): Promise<Facet[]> {
  const known = await withRelatedIds(definition, asked);
  return Promise.all(definition.filters.map((name) => facetOf(definition, known, name)));
}

async function facetOf(definition: PanelDefinition, asked: Asked, name: string): Promise<Facet> {
  const field = definition.fields[name];
  const { [name]: chosen, ...others } = asked.filters;
  const where = listCondition(definition, { ...asked, filters: others });
  const [found, empty] = await Promise.all([
    field?.kind === 'datetime' ? countParts(definition, name, { where, chosen }) : countValues(definition, name, where),
    field?.nullable ? countEmpty(definition, name, { asked, others }) : undefined,
  ]);
  const isDate = field?.kind === 'datetime';
  const most = isDate ? mostDays : mostChoices;
  const reference = field?.reference ?? definition.derived?.[name]?.reference;
  return {
    name,
    kind: isDate ? 'dates' : 'choices',
    choices: withChosen(isDate ? found.slice(-most) : found.slice(0, most), isDate ? [] : textsIn(chosen), found),
    isCut: found.length > most,
    ...(empty ? { empty } : {}),
    ...(reference ? { reference } : {}),
  };
}

/** By value, the most frequent first; rows that have none are left out. A free text has too many to choose from. */
function countValues(definition: PanelDefinition, name: string, where: WhereOptions): Promise<FacetChoice[]> {
  if (definition.fields[name]?.kind === 'text' && !definition.derived?.[name]) return Promise.resolve([]);
  const derived = definition.derived?.[name];
  const value = derived?.joined?.value ?? derived?.value ?? columnOf(definition, name);
  const order: OrderItem[] = [
    [literal('2'), 'DESC'],
    [literal('1'), 'ASC'],
  ];
  return grouped(definition, { value, text: `(${value})::text`, where, order, related: derived?.joined?.related });
}

/** Years; months of the chosen year; days of the chosen month. In order. */
async function countParts(
  definition: PanelDefinition,
  name: string,
  { where, chosen }: { where: WhereOptions; chosen: unknown },
): Promise<FacetChoice[]> {
  const within = typeof chosen === 'object' && chosen !== null ? (chosen as { in?: unknown }).in : undefined;
  const period = readPeriod(within);
  const parts = period ? period.parts : 'YYYY';
  if (!parts) return [];
  const inside = period ? [{ [name]: { [Op.gte]: period.start, [Op.lt]: period.end } }] : [];
  const value = `date_trunc('${units[parts]}', ${columnOf(definition, name)} AT TIME ZONE 'UTC')`;
  return grouped(definition, {
    value,
    // Of each part once: of each row it takes longer than all the rest.
    text: `to_char(${value}, '${parts}')`,
    where: { [Op.and]: [where, ...inside] } as WhereOptions,
    order: [[literal('1'), 'ASC']],
  });
}

interface Grouping {
  /** SQL of what the rows are counted by, and of how it is written. */
  value: string;
  text: string;
  where: WhereOptions;
  order: OrderItem[];
  /** An association that the SQL reads. */
  related?: string;
}

async function grouped(
  { model }: PanelDefinition,
  { value, text, where, order, related }: Grouping,
): Promise<FacetChoice[]> {
  const rows = (await (model as ModelStatic<AnyModel>).findAll({
    attributes: [
      [literal(text), 'value'],
      [fn('count', literal('*')), 'count'],
    ],
    where,
    include: related ? [{ association: related, attributes: [], required: true }] : [],
    group: [literal(value) as unknown as string],
    order,
    limit: mostRead,
    raw: true,
  })) as unknown as Found[];
  return rows
    .filter((row) => row.value !== null && row.value !== '')
    .map((row) => ({ value: String(row.value), count: Number(row.count) }));
}

async function countEmpty(
  definition: PanelDefinition,
  name: string,
  { asked, others }: { asked: Asked; others: Record<string, unknown> },
) {
  const count = (empty: 'true' | 'false') =>
    definition.model.count({
      where: listCondition(definition, { ...asked, filters: { ...others, [name]: { empty } } }),
    });
  const [yes, no] = await Promise.all([count('true'), count('false')]);
  return { yes, no };
}

function withChosen(shown: FacetChoice[], chosen: string[], found: FacetChoice[]): FacetChoice[] {
  const missing = chosen.filter((value) => !shown.some((choice) => choice.value === value));
  return [...shown, ...missing.map((value) => found.find((one) => one.value === value) ?? { value, count: 0 })];
}

function textsIn(value: unknown): string[] {
  const given = typeof value === 'object' && value !== null ? Object.values(value) : [value];
  return given.filter((one): one is string => typeof one === 'string' && one !== '').slice(0, mostChoices);
}

function columnOf({ model }: PanelDefinition, name: string): string {
  return `"${model.name}"."${model.getAttributes()[name]?.field ?? name}"`;
}
