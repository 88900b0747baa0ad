export interface Sort {
  sortBy: string;
  direction: 'asc' | 'desc';
}

/** As the server says it: `status,name` and `asc,desc`. */
export function readSorts(sortBy: string | undefined, direction: string): Sort[] {
  const directions = direction.split(',');
  const names = sortBy ? sortBy.split(',') : [];
  return names.map((name, index) => ({ sortBy: name, direction: directions[index] === 'desc' ? 'desc' : 'asc' }));
}

/** Sorted by this column: alone, or after the others; the other way round where it was sorted by already. */
export function sortsWith(sorts: Sort[], sortBy: string, isFurther: boolean): Sort[] {
  const before = sorts.find((sort) => sort.sortBy === sortBy);
  const next: Sort = { sortBy, direction: before?.direction === 'asc' ? 'desc' : 'asc' };
  if (!isFurther) return [next];
  return before ? sorts.map((sort) => (sort === before ? next : sort)) : [...sorts, next];
}

export function sortParams(params: URLSearchParams, sorts: Sort[]): URLSearchParams {
  const changed = new URLSearchParams(params);
  changed.set('sortBy', sorts.map(({ sortBy }) => sortBy).join(','));
  changed.set('direction', sorts.map(({ direction }) => direction).join(','));
  changed.delete('page');
  return changed;
}
