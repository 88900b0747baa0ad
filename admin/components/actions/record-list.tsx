import { Pagination } from '@adminjs/design-system';
import { type ActionProps, useRecords, useSelectedRecords } from 'adminjs';
import React, { useEffect } from 'react';
import { useSearchParams } from 'react-router-dom';
import { EmptyList } from '../list/empty-list.tsx';
import { ListFilters } from '../list/list-filters.tsx';
import { ListSearch } from '../list/list-search.tsx';
import { ListTable } from '../list/list-table.tsx';
import { SelectionBar } from '../list/selection-bar.tsx';

/** A list: search, the filters in force, the table, pages. All of it is in the address. */
export function RecordList({ resource, setTag }: ActionProps) {
  const { records, loading, page, perPage, total, sortBy, direction } = useRecords(resource.id);
  const { selectedRecords, handleSelect, handleSelectAll, setSelectedRecords } = useSelectedRecords(records);
  const [params, setParams] = useSearchParams();

  // biome-ignore lint/correctness/useExhaustiveDependencies: setTag is new at each render
  useEffect(() => setTag?.(total.toLocaleString('en-US')), [total]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list, or another page of it, has other records
  useEffect(() => setSelectedRecords([]), [resource.id, params.toString()]);

  const isNarrowed = params.has('query') || [...params.keys()].some((key) => key.startsWith('filters.'));
  const goToPage = (next: number) => {
    const changed = new URLSearchParams(params);
    changed.set('page', String(next));
    setParams(changed);
  };

  return (
    <section className="dr-list" aria-busy={loading}>
      <ListSearch key={resource.id} />
      <ListFilters resource={resource} />
      <SelectionBar resource={resource} records={selectedRecords} />
      {records.length > 0 ? (
        <ListTable
          resource={resource}
          records={records}
          sortBy={sortBy}
          direction={direction}
          selected={selectedRecords}
          onSelect={handleSelect}
          onSelectAll={handleSelectAll}
        />
      ) : null}
      {records.length === 0 && !loading ? <EmptyList resource={resource} isNarrowed={isNarrowed} /> : null}
      {total > perPage ? (
        <nav className="dr-pages" aria-label="Pages">
          <Pagination page={page} perPage={perPage} total={total} onChange={goToPage} />
        </nav>
      ) : null}
    </section>
  );
}
