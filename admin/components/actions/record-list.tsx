import '../list/list.css';
import { type ActionProps, useRecords, useSelectedRecords } from 'adminjs';
import React, { useEffect, useState } from 'react';
import { useSearchParams } from 'react-router-dom';
import { formatCount } from '../base/format.ts';
import { rememberList } from '../base/list-address.ts';
import { rememberWalk } from '../base/list-walk.ts';
import { EmptyList } from '../list/empty-list.tsx';
import { FilterPanel } from '../list/filter-panel.tsx';
import { ListFilters } from '../list/list-filters.tsx';
import { ListGrid } from '../list/list-grid.tsx';
import { ListSearch } from '../list/list-search.tsx';
import { ListTable } from '../list/list-table.tsx';
import { PageBar } from '../list/page-bar.tsx';
import { QuickBar } from '../list/quick-bar.tsx';
import { SelectionBar } from '../list/selection-bar.tsx';
import { SortSelect } from '../list/sort-select.tsx';
import { readSorts } from '../list/sorts.ts';
import { useFacets } from '../list/use-facets.ts';
import { useListDrop } from '../list/use-list-drop.ts';
import { useQuickEdit } from '../list/use-quick-edit.ts';
import { useListView, ViewSwitch } from '../list/view-switch.tsx';

/** A list: search, filters beside it and those in force above it, the table or the grid, pages. All is in the address. */
export function RecordList({ resource, setTag }: ActionProps) {
  const { records, loading, page, perPage, total, sortBy, direction, fetchData } = useRecords(resource.id);
  const { selectedRecords, handleSelect, handleSelectAll, setSelectedRecords } = useSelectedRecords(records);
  const [params] = useSearchParams();
  const facets = useFacets(resource.id, params);
  const address = params.toString();
  const quick = useQuickEdit(resource, records, fetchData);
  const { canBeGrid, view, choose } = useListView(resource);
  const drop = useListDrop(resource);

  const [readOf, setReadOf] = useState<string>();
  const isRead = readOf === resource.id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever records have come, which is not so at the start
  useEffect(() => {
    if (sortBy !== undefined) setReadOf(resource.id);
  }, [records]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: setTag is new at each render
  useEffect(() => setTag?.(isRead ? formatCount(total) : ''), [total, isRead]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list, or another page of it, has other records
  useEffect(() => {
    setSelectedRecords([]);
    rememberList(resource.id, address === '' ? '' : `?${address}`);
  }, [resource.id, address]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the records come after the address
  useEffect(() => {
    if (loading) return;
    const ids = records.map(({ id }) => id);
    rememberWalk(resource.id, { search: address, firstPage: page, perPage, total, ids });
  }, [resource.id, records, loading]);

  // The address says it at once; the answer only when it is here, and a second click may come before that.
  const sorts = readSorts(params.get('sortBy') ?? sortBy, params.get('direction') ?? direction);
  const isNarrowed = params.has('query') || [...params.keys()].some((key) => key.startsWith('filters.'));
  return (
    <div className="dr-list-frame">
      <section className="dr-list" aria-busy={loading} {...drop}>
        <ListSearch key={resource.id} resource={resource} />
        <ListFilters resource={resource} facets={facets} />
        <SelectionBar
          key={address}
          resource={resource}
          records={selectedRecords}
          isWholePage={selectedRecords.length === records.length}
          total={total}
        />
        {canBeGrid && total > 0 ? (
          <ViewSwitch view={view} choose={choose}>
            {view === 'grid' ? <SortSelect resource={resource} sorts={sorts} /> : <QuickBar quick={quick} />}
          </ViewSwitch>
        ) : (
          <QuickBar quick={quick} />
        )}
        {records.length > 0 && view === 'grid' ? (
          <ListGrid
            resource={resource}
            records={records}
            selected={selectedRecords}
            onSelect={handleSelect}
            onSelectAll={handleSelectAll}
          />
        ) : null}
        {records.length > 0 && view === 'table' ? (
          <ListTable
            resource={resource}
            records={records}
            quick={quick}
            sorts={sorts}
            selected={selectedRecords}
            onSelect={handleSelect}
            onSelectAll={handleSelectAll}
          />
        ) : null}
        {records.length === 0 && isRead && !loading ? <EmptyList resource={resource} isNarrowed={isNarrowed} /> : null}
        {total > 0 ? <PageBar resource={resource} page={page} perPage={perPage} total={total} /> : null}
      </section>
      <FilterPanel resource={resource} facets={facets} />
    </div>
  );
}
