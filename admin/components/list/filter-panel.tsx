import { type ResourceJSON, useTranslation } from 'adminjs';
import React from 'react';
import { Link, useSearchParams } from 'react-router-dom';
import { formatCount } from '../base/format.ts';
import { say } from '../base/say.ts';
import { FilterChoices } from './filter-choices.tsx';
import { FilterDates } from './filter-dates.tsx';
import { activeFilters, toggled, withoutFilters } from './filter-params.ts';
import type { Facet } from './use-facets.ts';

const wide = '(min-width: 1024px)';

/** The filters beside a list; above it, and closed, on a narrow screen. */
export function FilterPanel({ resource, facets }: { resource: ResourceJSON; facets: Facet[] }) {
  const [params] = useSearchParams();
  const { translateProperty } = useTranslation();
  const shown = facets.filter(
    ({ kind, choices, empty, name }) => kind !== 'named' && (choices.length > 0 || empty || isUsed(params, name)),
  );
  const count = activeFilters(params).length;
  if (shown.length === 0) return null;
  return (
    <aside className="dr-filters" aria-label={say('Filters')}>
      <details open={window.matchMedia(wide).matches}>
        <summary>{count > 0 ? say('Filters ({{count}})', { count }) : say('Filters')}</summary>
        {count > 0 ? (
          <Link className="dr-link" to={{ search: withoutFilters(params).toString() }}>
            {say('Take all filters away')}
          </Link>
        ) : null}
        {shown.map((facet) => {
          const label = translateProperty(facet.name, resource.id);
          return (
            <fieldset key={facet.name} className="dr-facet" data-filter={facet.name}>
              <legend>{label}</legend>
              {facet.kind === 'dates' ? <FilterDates facet={facet} label={label} /> : <FilterChoices facet={facet} />}
              {facet.empty ? <EmptyOrNot name={facet.name} counts={facet.empty} /> : null}
            </fieldset>
          );
        })}
      </details>
    </aside>
  );
}

function isUsed(params: URLSearchParams, name: string): boolean {
  return activeFilters(params).some((filter) => filter.name === name);
}

function EmptyOrNot({ name, counts }: { name: string; counts: { yes: number; no: number } }) {
  const [params, setParams] = useSearchParams();
  const key = `filters.${name}.empty`;
  const set = (value: string) => {
    const isSet = params.get(key) === value;
    const others = new URLSearchParams([...params.entries()].filter(([other]) => other !== key));
    setParams(isSet ? others : toggled(others, key, value));
  };
  return (
    <ul className="dr-facet-choices">
      {(
        [
          ['true', say('Empty'), counts.yes],
          ['false', say('Not empty'), counts.no],
        ] as const
      ).map(([value, words, count]) => (
        <li key={value}>
          <label>
            <input type="checkbox" checked={params.get(key) === value} onChange={() => set(value)} />
            <span>{words}</span>
            <span className="dr-facet-count">{formatCount(count)}</span>
          </label>
        </li>
      ))}
    </ul>
  );
}
