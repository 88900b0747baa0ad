import { fn, literal, type ModelStatic, type OrderItem, type WhereOptions } from 'sequelize';
import type { AnyModel, PanelDefinition } from './panel-definition.ts';

/** What a list's rows are to be counted by. */
export interface Grouping {
  /** SQL of what they are counted by, and of how that is written. */
  value: string;
  text: string;
  where: WhereOptions;
  /** Without it the most frequent come first. */
  isInOrder?: boolean;
  /** An association that the SQL reads. */
  related?: string;
  /**
   * Groupings of one text here have one `where`, and few values each: the rows are looked for once for all of them.
   * Without it a grouping is counted by itself, for which there may be an index.
   */
  together?: string;
}

export interface GroupCount {
  value: string;
  count: number;
}

/** Beside the ones that a page shows, those where the count of a chosen one is looked up. */
const mostRead = 1_000;

/** The counts of each grouping, in order; rows without a value are left out. */
export async function countGroups(
  definition: PanelDefinition,
  groupings: readonly Grouping[],
): Promise<GroupCount[][]> {
  const statements = new Map<unknown, Grouping[]>();
  for (const grouping of groupings) {
    const key = grouping.together ?? grouping;
    statements.set(key, [...(statements.get(key) ?? []), grouping]);
  }
  const counted = new Map<Grouping, GroupCount[]>();
  await Promise.all(
    [...statements.values()].map(async (together) => {
      const counts =
        together.length > 1 ? await countTogether(definition, together) : await countAlone(definition, together);
      for (const [index, grouping] of together.entries()) counted.set(grouping, counts[index] ?? []);
    }),
  );
  return groupings.map((grouping) => counted.get(grouping) ?? []);
}

interface Row {
  value: unknown;
  count: string | number;
}

async function countAlone(definition: PanelDefinition, [grouping]: Grouping[]): Promise<GroupCount[][]> {
  if (!grouping) return [];
  const order: OrderItem[] = grouping.isInOrder
    ? [[literal('1'), 'ASC']]
    : [
        [literal('2'), 'DESC'],
        [literal('1'), 'ASC'],
      ];
  const rows = await read<Row>(definition, [grouping], {
    attributes: [[literal(grouping.text), 'value'] as const],
    group: grouping.value,
    order,
  });
  return [rows.flatMap(asCount)];
}

/** One look at the rows, counted in several ways: SQL's GROUPING SETS, which say of each row of theirs which way it is. */
async function countTogether(definition: PanelDefinition, groupings: Grouping[]): Promise<GroupCount[][]> {
  const values = groupings.map(({ value }) => value);
  const rows = await read<Row & { way: number } & Record<string, unknown>>(definition, groupings, {
    attributes: [
      ...groupings.map(({ text }, index) => [literal(text), `value${index}`] as const),
      [literal(`GROUPING(${values.join(', ')})`), 'way'] as const,
    ],
    group: `GROUPING SETS (${values.map((value) => `(${value})`).join(', ')})`,
    order: [[literal('count'), 'DESC']],
  });
  const all = 2 ** groupings.length - 1;
  return groupings.map(({ isInOrder }, index) => {
    // The bit of what is counted by is 0; the first is the highest.
    const way = all - 2 ** (groupings.length - 1 - index);
    const counts = rows
      .filter((row) => row.way === way)
      .flatMap((row) => asCount({ value: row[`value${index}`], count: row.count }));
    const byValue = (a: GroupCount, b: GroupCount) => (a.value < b.value ? -1 : 1);
    return counts.sort(isInOrder ? byValue : (a, b) => b.count - a.count || byValue(a, b));
  });
}

interface Statement {
  attributes: (readonly [ReturnType<typeof literal>, string])[];
  group: string;
  order: OrderItem[];
}

async function read<T>(
  { model }: PanelDefinition,
  groupings: Grouping[],
  { attributes, group, order }: Statement,
): Promise<T[]> {
  const related = new Set(groupings.flatMap((grouping) => grouping.related ?? []));
  const rows = await (model as ModelStatic<AnyModel>).findAll({
    attributes: [...attributes, [fn('count', literal('*')), 'count'] as const].map(([sql, name]) => [sql, name]),
    where: groupings[0]?.where,
    include: [...related].map((association) => ({ association, attributes: [], required: true })),
    group: [literal(group) as unknown as string],
    order,
    limit: mostRead * groupings.length,
    raw: true,
  });
  return rows as unknown as T[];
}

function asCount({ value, count }: Row): GroupCount[] {
  return value === null || value === undefined || value === '' ? [] : [{ value: String(value), count: Number(count) }];
}
