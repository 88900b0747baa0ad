import { Icon } from '@adminjs/design-system';
import { type ResourceJSON, useTranslation } from 'adminjs';
import React, { useId } from 'react';
import { useSearchParams } from 'react-router-dom';
import { say } from '../base/say.ts';
import { type Sort, sortParams, sortsWith } from './sorts.ts';

/** What a grid is sorted by, which has no columns to click on. */
export function SortSelect({ resource, sorts }: { resource: ResourceJSON; sorts: Sort[] }) {
  const [params, setParams] = useSearchParams();
  const { translateProperty } = useTranslation();
  const id = useId();
  const [first] = sorts;
  const isDescending = first?.direction === 'desc';
  const sortBy = (sort: Sort) => setParams(sortParams(params, [sort]));
  return (
    <span className="dr-sort">
      <label htmlFor={id}>{say('Sorted by')}</label>
      <select
        id={id}
        className="dr-input dr-select"
        value={first?.sortBy}
        onChange={(event) => sortBy({ sortBy: event.target.value, direction: 'asc' })}
      >
        {resource.listProperties
          .filter(({ isSortable }) => isSortable)
          .map(({ propertyPath, label }) => (
            <option key={propertyPath} value={propertyPath}>
              {translateProperty(label, resource.id)}
            </option>
          ))}
      </select>
      {first ? (
        <button
          type="button"
          className="dr-button"
          aria-label={isDescending ? say('Descending; sort ascending') : say('Ascending; sort descending')}
          onClick={() => setParams(sortParams(params, sortsWith([first], first.sortBy, false)))}
        >
          <Icon icon={isDescending ? 'ChevronDown' : 'ChevronUp'} size={15} />
        </button>
      ) : null}
    </span>
  );
}
