import React from 'react';
import { Link } from 'react-router-dom';
import { formatCount } from '../base/format.ts';
import { inPanel } from '../base/panel-path.ts';
import { readParam } from '../base/read-param.ts';
import type { ValueProps } from './value-frame.tsx';

/** How many records of another resource belong to this one, and the way to them. */
export function CountLink({ property, record }: ValueProps) {
  const count = Number(readParam(record, property.path) ?? 0);
  const { to, filter } = property.custom as { to: string; filter: string };
  if (count === 0) return <span>0</span>;
  return (
    <Link className="dr-link" to={inPanel(`/resources/${to}?filters.${filter}=${record.id}`)}>
      {formatCount(count)}
    </Link>
  );
}
