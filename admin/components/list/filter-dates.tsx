import React from 'react';
import { Link, useSearchParams } from 'react-router-dom';
import { formatCount } from '../base/format.ts';
import { say } from '../base/say.ts';
import { replaced } from './filter-params.ts';
import { periodInWords } from './filter-words.ts';
import type { Facet } from './use-facets.ts';

/** Year, month, day, one inside the other; below, any range. */
export function FilterDates({ facet, label }: { facet: Facet; label: string }) {
  const [params, setParams] = useSearchParams();
  const key = `filters.${facet.name}`;
  const within = params.get(`${key}.in`) ?? '';
  const steps = within.split('-').map((_, index, parts) => parts.slice(0, index + 1).join('-'));
  const to = (period: string) => ({ search: replaced(params, `${key}.in`, period).toString() });
  return (
    <>
      {within ? (
        <p className="dr-facet-steps">
          <Link to={to('')}>{say('Any time')}</Link>
          {steps.slice(0, -1).map((period) => (
            <Link key={period} to={to(period)}>
              {periodInWords(period)}
            </Link>
          ))}
          <strong>{periodInWords(within)}</strong>
        </p>
      ) : null}
      <ul className="dr-facet-choices">
        {facet.choices.map(({ value, count }) => (
          <li key={value}>
            <Link to={to(value)}>
              <span>{periodInWords(value)}</span>
              <span className="dr-facet-count">{formatCount(count)}</span>
            </Link>
          </li>
        ))}
      </ul>
      <div className="dr-facet-range">
        {(['from', 'to'] as const).map((end) => (
          <label key={end}>
            {end === 'from' ? say('From') : say('To')}
            <input
              className="dr-input"
              type="date"
              aria-label={
                end === 'from' ? say('{{field}} from', { field: label }) : say('{{field}} to', { field: label })
              }
              value={params.get(`${key}.${end}`) ?? ''}
              onChange={(event) => setParams(replaced(params, `${key}.${end}`, event.target.value))}
            />
          </label>
        ))}
      </div>
    </>
  );
}
