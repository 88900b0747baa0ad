import { Icon } from '@adminjs/design-system';
import { type ResourceJSON, useTranslation } from 'adminjs';
import React from 'react';
import { useSearchParams } from 'react-router-dom';
import { say } from '../base/say.ts';
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
        const label = inWords(translateProperty(filter.name, resource.id), filter, facets);
        return (
          <span key={`${filter.key}=${filter.value}`} className="dr-chip dr-chip-plain">
            {label}
            <button
              type="button"
              aria-label={say('Without {{filter}}', { filter: label })}
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

function inWords(field: string, { name, part, value }: ActiveFilter, facets: Facet[]): string {
  if (part === 'empty') {
    return value === 'true' ? say('{{field}} is empty', { field }) : say('{{field}} is not empty', { field });
  }
  if (part === 'in') return say('{{field}}: {{value}}', { field, value: periodInWords(value) });
  if (part === 'from') return say('{{field}} from {{day}}', { field, day: periodInWords(value) });
  if (part === 'to') return say('{{field}} to {{day}}', { field, day: periodInWords(value) });
  const choice = facets.find((facet) => facet.name === name)?.choices.find((one) => one.value === value);
  return say('{{field}}: {{value}}', { field, value: choice ? choiceInWords(choice.label) : shorten(value) });
}

function shorten(value: string): string {
  return value.length > 24 ? `${value.slice(0, 10)}…` : value;
}
