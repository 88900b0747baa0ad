import { Icon } from '@adminjs/design-system';
import type { BasePropertyJSON } from 'adminjs';
import React from 'react';
import { Link, useSearchParams } from 'react-router-dom';

interface Props {
  property: BasePropertyJSON;
  label: string;
  /** Set when the list is sorted by this column. */
  direction: 'asc' | 'desc' | undefined;
}

export function SortHeader({ property, label, direction }: Props) {
  const [params] = useSearchParams();
  const name = property.propertyPath;
  if (!property.isSortable) {
    return (
      <th scope="col" data-field={name}>
        {label}
      </th>
    );
  }
  const next = new URLSearchParams(params);
  next.set('sortBy', name);
  next.set('direction', direction === 'asc' ? 'desc' : 'asc');
  next.delete('page');
  return (
    <th scope="col" data-field={name} aria-sort={direction && (direction === 'asc' ? 'ascending' : 'descending')}>
      <Link to={{ search: next.toString() }}>
        {label}
        {direction ? <Icon icon={direction === 'asc' ? 'ChevronUp' : 'ChevronDown'} size={14} /> : null}
      </Link>
    </th>
  );
}
