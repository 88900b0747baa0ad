import { isSortable, type Sorted } from './list-order.ts';
import type { PanelDefinition } from './panel-definition.ts';

export const defaultPerPage = 25;
const mostPerPage = 500;
/** Further than anybody pages, and far from where OFFSET would overflow. */
const lastPage = 1_000_000;
const mostSorts = 4;

export interface ListQuery {
  page: number;
  perPage: number;
  /** The first counts most. */
  sorts: Sorted[];
  search: string;
  /** By field; any shape. */
  filters: Record<string, unknown>;
}

/** A list's query as it was asked for; what means nothing is its default. `query` has plain names and dotted ones. */
export function readListQuery(query: Record<string, unknown>, definition: PanelDefinition): ListQuery {
  return {
    page: wholeNumber(query.page, 1, lastPage) ?? 1,
    perPage: wholeNumber(query.perPage, 1, mostPerPage) ?? defaultPerPage,
    sorts: sortsOf(query, definition),
    search: typeof query.query === 'string' ? query.query : '',
    filters: filtersOf(query),
  };
}

/** `sortBy=status,name&direction=desc,asc`; a direction that is not given is the field's usual one. */
function sortsOf(query: Record<string, unknown>, definition: PanelDefinition): Sorted[] {
  const names = typeof query.sortBy === 'string' ? query.sortBy.split(',', mostSorts) : [];
  const directions = typeof query.direction === 'string' ? query.direction.split(',', mostSorts) : [];
  const usual = definition.sort;
  const sorts = names.flatMap((sortBy, index): Sorted[] => {
    if (!isSortable(definition, sortBy) || names.indexOf(sortBy) !== index) return [];
    return [
      { sortBy, direction: directionOf(directions[index]) ?? (sortBy === usual.sortBy ? usual.direction : 'asc') },
    ];
  });
  if (sorts.length > 0) return sorts;
  return [{ sortBy: usual.sortBy, direction: directionOf(directions[0]) ?? usual.direction }];
}

function directionOf(text: string | undefined): 'asc' | 'desc' | undefined {
  return text === 'asc' || text === 'desc' ? text : undefined;
}

function wholeNumber(value: unknown, min: number, max: number): number | undefined {
  if (typeof value !== 'string' || !/^\d{1,9}$/.test(value)) return undefined;
  return Math.min(max, Math.max(min, Number(value)));
}

/** `filters.status=failed`, `filters.createdAt.from=…` and, as AdminJS also writes it, `filters.createdAt~~from=…`. */
function filtersOf(query: Record<string, unknown>): Record<string, unknown> {
  const filters: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(query)) {
    const [, name, part] = /^filters\.([A-Za-z]\w*)(?:(?:\.|~~)(\w+))?$/.exec(key) ?? [];
    if (!name) continue;
    if (part === undefined) {
      filters[name] = value;
      continue;
    }
    const parts = filters[name];
    filters[name] = { ...(typeof parts === 'object' ? parts : {}), [part]: value };
  }
  return filters;
}
