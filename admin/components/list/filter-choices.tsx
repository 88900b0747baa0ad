import React from 'react';
import { useSearchParams } from 'react-router-dom';
import { formatCount } from '../base/format.ts';
import { say } from '../base/say.ts';
import { toggled } from './filter-params.ts';
import { choiceInWords } from './filter-words.ts';
import type { Facet } from './use-facets.ts';

/** The values of a filter with how many there are; several can be chosen. */
export function FilterChoices({ facet }: { facet: Facet }) {
  const [params, setParams] = useSearchParams();
  const key = `filters.${facet.name}`;
  const chosen = params.getAll(key);
  return (
    <ul className="dr-facet-choices">
      {facet.choices.map(({ value, label, count }) => (
        <li key={value}>
          <label>
            <input
              type="checkbox"
              checked={chosen.includes(value)}
              onChange={() => setParams(toggled(params, key, value))}
            />
            <span>{choiceInWords(label)}</span>
            <span className="dr-facet-count">{formatCount(count)}</span>
          </label>
        </li>
      ))}
      {facet.isCut ? <li className="dr-help">{say('And others: use the search.')}</li> : null}
    </ul>
  );
}
