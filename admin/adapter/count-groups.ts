import { type ModelStatic, QueryTypes, type Sequelize, type WhereOptions } from 'sequelize';
import type { AnyModel, PanelDefinition } from './panel-definition.ts';
import type { Period } from './period.ts';
import { selectSql } from './select-sql.ts';

/** What a list's rows are to be counted by. */
export interface Grouping {
  /** SQL of what they are counted by. */
  value: string;
  where: WhereOptions;
  /** Groupings of one text here have one `where`, and are counted by one statement. */
  together: string;
  /** The value is an instant, of which this is written; in order, and not the most frequent first. */
  parts?: NonNullable<Period['parts']> | 'YYYY';
  /**
   * SQL that gives each value as `id` with what it stands for as `value`, which is counted in its place. So that not every
   * row is joined, the values are counted first.
   */
  through?: string;
}

export interface GroupCount {
  value: string;
  count: number;
}

/** Beside the ones that a page shows, those where the count of a chosen one is looked up. */
const mostRead = 1_000;

/** The counts of each grouping, in order; rows without a value are left out. */
export async function countGroups({ model }: PanelDefinition, groupings: readonly Grouping[]): Promise<GroupCount[][]> {
  const statements = new Map<string, Grouping[]>();
  for (const grouping of groupings) {
    statements.set(grouping.together, [...(statements.get(grouping.together) ?? []), grouping]);
  }
  const counted = new Map<Grouping, GroupCount[]>();
  await Promise.all(
    [...statements.values()].map(async (together) => {
      const sql = countSql(model, together);
      const rows = await (model.sequelize as Sequelize).query<Row>(sql, { type: QueryTypes.SELECT });
      for (const [which, grouping] of together.entries()) {
        const counts = rows.filter((row) => row.which === which).flatMap(asCount);
        counted.set(grouping, counts.sort(grouping.parts ? byValue : byCount));
      }
    }),
  );
  return groupings.map((grouping) => counted.get(grouping) ?? []);
}

interface Row {
  /** Of the groupings, the one that it belongs to. */
  which: number;
  value: string | null;
  count: string | number;
}

function asCount({ value, count }: Row): GroupCount[] {
  return value === null || value === '' ? [] : [{ value, count: Number(count) }];
}

function byValue(a: GroupCount, b: GroupCount): number {
  return a.value < b.value ? -1 : 1;
}

function byCount(a: GroupCount, b: GroupCount): number {
  return b.count - a.count || byValue(a, b);
}

/** One look at the rows, however many ways they are counted in. */
function countSql(model: ModelStatic<AnyModel>, groupings: readonly Grouping[]): string {
  const values = [...new Set(groupings.map(({ value }) => value))];
  const where = groupings[0]?.where ?? {};
  const counts = values.length === 1 ? countOneSql(model, values, where) : countSeveralSql(model, values, where);
  const ways = groupings.map((grouping, which) => waySql(grouping, which, values));
  return `WITH counted AS MATERIALIZED (${counts}) ${ways.join(' UNION ALL ')}`;
}

/** By a column alone: there may be an index that has all of it. */
function countOneSql(model: ModelStatic<AnyModel>, values: string[], where: WhereOptions): string {
  const columns = values.map((value) => [value, 'value0'] as const);
  return selectSql(model, {
    columns: [...columns, ['count(*)', 'count']],
    where,
    group: values.join(),
  });
}

/**
 * GROUPING SETS, which say of each row of theirs which way it is counted. OFFSET 0 keeps the planner from looking into the
 * statement inside: it would take the years of the dates for as many as there are dates, and sort all rows for them.
 */
function countSeveralSql(model: ModelStatic<AnyModel>, values: string[], where: WhereOptions): string {
  const rows = selectSql(model, { columns: values.map((value, index) => [value, `value${index}`]), where });
  const names = values.map((_, index) => `value${index}`);
  return `SELECT ${names.join(', ')}, GROUPING(${names.join(', ')}) AS way, count(*) AS count FROM (${rows} OFFSET 0) seen
    GROUP BY GROUPING SETS (${names.map((name) => `(${name})`).join(', ')})`;
}

function waySql({ value, parts, through }: Grouping, which: number, values: string[]): string {
  const index = values.indexOf(value);
  const name = `value${index}`;
  // The bit of what is counted by is 0; the first is the highest. Where there is one way, the planner is told of none.
  const way = 2 ** values.length - 1 - 2 ** (values.length - 1 - index);
  const where = values.length > 1 ? `WHERE way = ${way}` : '';
  if (through) {
    return `(SELECT ${which} AS which, related.value::text AS value, sum(count)::bigint AS count
      FROM counted JOIN (${through}) related ON related.id = ${name} ${where}
      GROUP BY related.value ORDER BY count DESC, value LIMIT ${mostRead})`;
  }
  // Of each part once: of each row it takes longer than all the rest.
  const text = parts ? `to_char(${name}, '${parts}')` : `${name}::text`;
  const order = parts ? name : `count DESC, ${name}`;
  return `(SELECT ${which} AS which, ${text} AS value, count FROM counted ${where} ORDER BY ${order} LIMIT ${mostRead})`;
}
