import { Icon } from '@adminjs/design-system';
import type { BasePropertyJSON } from 'adminjs';
import React, { type MouseEvent } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router-dom';
import { say } from '../base/say.ts';
import type { Sort } from './sorts.ts';
import { sortParams, sortsWith } from './sorts.ts';

interface Props {
  property: BasePropertyJSON;
  label: string;
  /** What the list is sorted by, the first counts most. */
  sorts: Sort[];
}

/** A click sorts by this column; with Shift it sorts by this one as well. */
export function SortHeader({ property, label, sorts }: Props) {
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const name = property.propertyPath;
  if (!property.isSortable) {
    return (
      <th scope="col" data-field={name}>
        {label}
      </th>
    );
  }
  const position = sorts.findIndex(({ sortBy }) => sortBy === name);
  const direction = sorts[position]?.direction;
  const target = (isFurther: boolean) => ({ search: sortParams(params, sortsWith(sorts, name, isFurther)).toString() });
  const click = (event: MouseEvent) => {
    if (!event.shiftKey) return;
    event.preventDefault();
    navigate(target(true));
  };
  return (
    <th scope="col" data-field={name} aria-sort={direction && (direction === 'asc' ? 'ascending' : 'descending')}>
      <Link to={target(false)} onClick={click} title={say('With Shift: sort by this as well')}>
        {label}
        {direction ? <Icon icon={direction === 'asc' ? 'ChevronUp' : 'ChevronDown'} size={14} /> : null}
        {direction && sorts.length > 1 ? <sup>{position + 1}</sup> : null}
      </Link>
    </th>
  );
}
