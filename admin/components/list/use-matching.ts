import { ApiClient, type RecordJSON } from 'adminjs';
import { useEffect, useState } from 'react';

const atOnce = 500;
/** What one page can hold and one person can answer for. */
export const mostMatching = 10_000;

export interface Matching {
  records: RecordJSON[];
  /** How many there are in all; more than `records` while they are read, and beyond `mostMatching`. */
  total: number;
  isRead: boolean;
  hasFailed: boolean;
}

/** All records that a list's address matches, read page by page; nothing is read without one. */
export function useMatching(resourceId: string, search: string | null): Matching | undefined {
  const [found, setFound] = useState<Matching>();
  useEffect(() => {
    if (search === null) return;
    let isHere = true;
    readMatching(resourceId, search, (matching) => {
      if (isHere) setFound(matching);
      return isHere;
    }).catch(() => isHere && setFound({ records: [], total: 0, isRead: false, hasFailed: true }));
    return () => {
      isHere = false;
    };
  }, [resourceId, search]);
  return search === null ? undefined : (found ?? { records: [], total: 0, isRead: false, hasFailed: false });
}

async function readMatching(resourceId: string, search: string, tell: (matching: Matching) => boolean): Promise<void> {
  const api = new ApiClient();
  const byId = new Map<string, RecordJSON>();
  for (let page = 1; ; page += 1) {
    const params = new URLSearchParams(search);
    params.set('page', String(page));
    params.set('perPage', String(atOnce));
    const { data } = await api.resourceAction({ resourceId, actionName: 'list', params });
    const { records, meta } = data as { records: RecordJSON[]; meta: { total: number } };
    for (const record of records) byId.set(record.id, record);
    const isRead = records.length < atOnce || byId.size >= Math.min(meta.total, mostMatching);
    const all = [...byId.values()].slice(0, mostMatching);
    if (!tell({ records: all, total: meta.total, isRead, hasFailed: false }) || isRead) return;
  }
}
