import type { PanelDefinition } from './panel-definition.ts';

export const defaultPerPage = 25;
const mostPerPage = 500;
/** Further than anybody pages, and far from where OFFSET would overflow. */
const lastPage = 1_000_000;

export interface ListQuery {
  page: number;
  perPage: number;
  sortBy: string;
  direction: 'asc' | 'desc';
  search: string;
  /** By field; any shape. */
  filters: Record<string, unknown>;
}

/** A list's query as it was asked for; what means nothing is its default. `query` has plain names and dotted ones. */
export function readListQuery(query: Record<string, unknown>, definition: PanelDefinition): ListQuery {
  const sortBy = typeof query.sortBy === 'string' && isSortable(definition, query.sortBy) ? query.sortBy : undefined;
  const direction = query.direction === 'asc' || query.direction === 'desc' ? query.direction : undefined;
  return {
    page: wholeNumber(query.page, 1, lastPage) ?? 1,
    perPage: wholeNumber(query.perPage, 1, mostPerPage) ?? defaultPerPage,
    sortBy: sortBy ?? definition.sort.sortBy,
    direction: direction ?? (sortBy && sortBy !== definition.sort.sortBy ? 'asc' : definition.sort.direction),
    search: typeof query.query === 'string' ? query.query : '',
    filters: filtersOf(query),
  };
}

function isSortable({ fields }: PanelDefinition, name: string): boolean {
  return Object.hasOwn(fields, name) && fields[name]?.sort === true && !fields[name]?.computed;
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
