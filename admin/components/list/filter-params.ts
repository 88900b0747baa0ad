/** One filter in force: `filters.status=failed`, `filters.createdAt.in=2026-11`. */
export interface ActiveFilter {
  key: string;
  name: string;
  part: string | undefined;
  value: string;
}

export function activeFilters(params: URLSearchParams): ActiveFilter[] {
  return [...params.entries()].flatMap(([key, value]) => {
    if (!key.startsWith('filters.') || value === '') return [];
    const [, name = '', part] = key.split(/\.|~~/);
    return [{ key, name, part, value }];
  });
}

/** The address with one value of a filter more, or without it; the list starts at its first page again. */
export function toggled(params: URLSearchParams, key: string, value: string): URLSearchParams {
  const entries = [...params.entries()].filter(([name]) => name !== 'page');
  const without = entries.filter(([name, text]) => name !== key || text !== value);
  return new URLSearchParams(without.length < entries.length ? without : [...entries, [key, value]]);
}

/** The address with this value of a filter alone; without the filter where the value is empty. */
export function replaced(params: URLSearchParams, key: string, value: string): URLSearchParams {
  const others = [...params.entries()].filter(([name]) => name !== key && name !== 'page');
  return new URLSearchParams(value === '' ? others : [...others, [key, value]]);
}

export function withoutFilters(params: URLSearchParams): URLSearchParams {
  return new URLSearchParams([...params.entries()].filter(([name]) => !name.startsWith('filters.') && name !== 'page'));
}
