import { type Includeable, literal, type OrderItem } from 'sequelize';
import type { PanelDefinition } from './panel-definition.ts';

export interface Sorted {
  sortBy: string;
  direction: 'asc' | 'desc';
}

/** What a list can be sorted by: declared columns, and what a related record has. */
export function isSortable({ fields }: PanelDefinition, name: string): boolean {
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return Boolean(field?.sort) && !field?.computed;
}

/** One after the other; the id comes last, so that pages never overlap. `include` joins what the order is by. */
export function listOrder(definition: PanelDefinition, sorts: readonly Sorted[]) {
  const known = sorts.filter(({ sortBy }) => isSortable(definition, sortBy));
  const used = known.length > 0 ? known : [definition.sort];
  const order = used.map(({ sortBy, direction }): OrderItem => {
    const { sort, nullable } = definition.fields[sortBy] ?? {};
    const way = `${direction === 'desc' ? 'DESC' : 'ASC'}${nullable ? ' NULLS LAST' : ''}`;
    if (typeof sort !== 'object') return [sortBy, way];
    return 'sql' in sort ? [literal(sort.sql), way] : [sort.related, sort.by, way];
  });
  const include = used.flatMap(({ sortBy }): Includeable[] => {
    const sort = definition.fields[sortBy]?.sort;
    const related = typeof sort === 'object' && 'related' in sort ? [sort.related] : [];
    return related.map((association) => ({
      association,
      attributes: [],
      required: !definition.fields[sortBy]?.nullable,
    }));
  });
  const last: OrderItem = ['id', used[0]?.direction === 'desc' ? 'DESC' : 'ASC'];
  return { order: [...order, last], include };
}
