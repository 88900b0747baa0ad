import { Icon } from '@adminjs/design-system';
import { type ResourceJSON, useTranslation } from 'adminjs';
import React from 'react';
import { useSearchParams } from 'react-router-dom';
import { type ActiveFilter, activeFilters, toggled } from './filter-params.ts';
import { choiceInWords, periodInWords } from './filter-words.ts';
import type { Facet } from './use-facets.ts';

/** The filters in force, each with a way to take it away. */
export function ListFilters({ resource, facets }: { resource: ResourceJSON; facets: Facet[] }) {
  const [params, setParams] = useSearchParams();
  const { translateProperty } = useTranslation();
  const active = activeFilters(params);
  if (active.length === 0) return null;
  return (
    <div className="dr-chips dr-active-filters">
      {active.map((filter) => {
        const label = `${translateProperty(filter.name, resource.id)}${inWords(filter, facets)}`;
        return (
          <span key={`${filter.key}=${filter.value}`} className="dr-chip dr-chip-plain">
            {label}
            <button
              type="button"
              aria-label={`Without ${label}`}
              onClick={() => setParams(toggled(params, filter.key, filter.value))}
            >
              <Icon icon="X" size={12} />
            </button>
          </span>
        );
      })}
    </div>
  );
}

function inWords({ name, part, value }: ActiveFilter, facets: Facet[]): string {
  if (part === 'empty') return value === 'true' ? ' is empty' : ' is not empty';
  if (part === 'in') return `: ${periodInWords(value)}`;
  if (part === 'from' || part === 'to') return ` ${part} ${periodInWords(value)}`;
  const choice = facets.find((facet) => facet.name === name)?.choices.find((one) => one.value === value);
  return `: ${choice ? choiceInWords(choice.label) : shorten(value)}`;
}

function shorten(value: string): string {
  return value.length > 24 ? `${value.slice(0, 10)}…` : value;
}
