import React from 'react';
import { readList } from '../base/read-param.ts';
import type { ValueProps } from './value-frame.tsx';

export function ListCount({ property, record }: ValueProps) {
  return <span>{readList(record, property.path).length}</span>;
}
