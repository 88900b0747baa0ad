import React from 'react';
import { Link } from 'react-router-dom';
import { inPanel } from '../base/panel-path.ts';
import { readParam } from '../base/read-param.ts';
import { Nothing, type ValueProps } from './value-frame.tsx';

/** The name of a record that this one refers to; a link for who may see it. */
export function ReferenceLink({ property, record }: ValueProps) {
  const id = readParam(record, property.path);
  if (typeof id !== 'string') return <Nothing />;
  const target = record.populated[property.path];
  const title = target?.title ?? id;
  if (!target?.recordActions.some(({ name }) => name === 'show')) return <span>{title}</span>;
  return (
    <Link className="dr-link" to={inPanel(`/resources/${property.reference}/records/${id}/show`)}>
      {title}
    </Link>
  );
}
