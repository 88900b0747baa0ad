import { literal, type OrderItem } from 'sequelize';
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

/** One after the other; the id comes last, so that pages never overlap. */
export function listOrder(definition: PanelDefinition, sorts: readonly Sorted[]): OrderItem[] {
  const known = sorts.filter(({ sortBy }) => isSortable(definition, sortBy));
  const used = known.length > 0 ? known : [definition.sort];
  const order = used.map(({ sortBy, direction }): OrderItem => {
    const field = definition.fields[sortBy];
    const way = `${direction === 'desc' ? 'DESC' : 'ASC'}${field?.nullable ? ' NULLS LAST' : ''}`;
    return typeof field?.sort === 'object' ? [literal(field.sort.sql), way] : [sortBy, way];
  });
  return [...order, ['id', used[0]?.direction === 'desc' ? 'DESC' : 'ASC']];
}
