import { ApiClient, type RecordJSON } from 'adminjs';

/** The records of a list in its order, as far as they were read: whole pages, from `firstPage` on. */
export interface ListWalk {
  /** The list's address, after the question mark. */
  search: string;
  firstPage: number;
  perPage: number;
  total: number;
  ids: string[];
}

const keyOf = (resourceId: string) => `darkroom-walk-${resourceId}`;

export function rememberWalk(resourceId: string, walk: ListWalk): void {
  try {
    sessionStorage.setItem(keyOf(resourceId), JSON.stringify(walk));
  } catch {
    // A full storage forgets the order, and nothing else.
    sessionStorage.removeItem(keyOf(resourceId));
  }
}

export function readWalk(resourceId: string): ListWalk | undefined {
  const text = sessionStorage.getItem(keyOf(resourceId));
  return text ? (JSON.parse(text) as ListWalk) : undefined;
}

/** With the page before or after it, when a record stands at the edge of what was read; undefined when it does not. */
export async function walkFurther(resourceId: string, walk: ListWalk, index: number): Promise<ListWalk | undefined> {
  const { firstPage, perPage, total, ids } = walk;
  const pages = Math.ceil(ids.length / perPage);
  if (index === 0 && firstPage > 1) {
    const before = await readPage(resourceId, walk, firstPage - 1);
    return { ...walk, firstPage: firstPage - 1, ids: [...before, ...without(ids, before)] };
  }
  if (index === ids.length - 1 && (firstPage - 1) * perPage + ids.length < total) {
    const after = await readPage(resourceId, walk, firstPage + pages);
    return { ...walk, ids: [...without(ids, after), ...after] };
  }
  return undefined;
}

async function readPage(resourceId: string, { search, perPage }: ListWalk, page: number): Promise<string[]> {
  const params = new URLSearchParams(search);
  params.set('page', String(page));
  params.set('perPage', String(perPage));
  const { data } = await new ApiClient().resourceAction({ resourceId, actionName: 'list', params });
  return (data as { records: RecordJSON[] }).records.map(({ id }) => id);
}

/** What moved to the other page meanwhile stands there alone. */
function without(ids: string[], others: string[]): string[] {
  return ids.filter((id) => !others.includes(id));
}
