import React from 'react';
import { Link } from 'react-router-dom';
import { inPanel } from '../base/panel-path.ts';
import { readParam } from '../base/read-param.ts';
import { Nothing, type ValueProps } from './value-frame.tsx';

/** What an entry of the log is about, by its name then; a link while it is there. */
export function LoggedRecord({ property, record }: ValueProps) {
  const title = String(readParam(record, property.path) ?? '');
  const [resource, id] = [readParam(record, 'resource'), readParam(record, 'recordId')];
  if (readParam(record, 'isThere') !== true) return title ? <span>{title}</span> : <Nothing />;
  return (
    <Link className="dr-link" to={inPanel(`/resources/${resource}/records/${id}/show`)}>
      {title || String(id)}
    </Link>
  );
}
