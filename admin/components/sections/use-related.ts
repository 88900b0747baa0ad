import { type ActionProps, ApiClient, type RecordJSON, type ResourceJSON, useResource } from 'adminjs';
import { useEffect, useRef, useState } from 'react';
import type { Inline } from '../../actions/inline-section.ts';

/** The first of the records that belong to one; the list has the rest. */
const mostRecords = 10;

export interface Related {
  inline: Inline;
  resource: ResourceJSON;
  records: RecordJSON[];
  /** How many there are in all. */
  total: number;
  reload(): Promise<void>;
}

interface Found {
  of: string;
  records: RecordJSON[];
  total: number;
}

/** What belongs to a record, by its own list; absent until it is there. */
export function useRelated({ action, record }: ActionProps): Related | undefined {
  const inline = action.custom.inline as Inline;
  const resource = useResource(inline.resource);
  const [found, setFound] = useState<Found>();
  const recordId = record?.id ?? '';
  const of = useRef(recordId);

  const reload = async () => {
    const params = { [`filters.${inline.filter}`]: recordId, perPage: mostRecords };
    const request = { resourceId: inline.resource, actionName: 'list', params };
    const answer = await new ApiClient().resourceAction(request).catch(() => undefined);
    const { records, meta } = (answer?.data ?? {}) as { records?: RecordJSON[]; meta?: { total: number } };
    if (records && of.current === recordId) setFound({ of: recordId, records, total: meta?.total ?? records.length });
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each record
  useEffect(() => {
    of.current = recordId;
    if (recordId !== '') void reload();
    return () => {
      of.current = '';
    };
  }, [inline.resource, inline.filter, recordId]);

  if (!resource || found?.of !== recordId) return undefined;
  return { inline, resource, records: found.records, total: found.total, reload };
}
