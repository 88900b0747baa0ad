import React from 'react';
import { readParam } from '../base/read-param.ts';
import { Nothing, type ValueProps } from './value-frame.tsx';

export function Pixels({ record }: ValueProps) {
  const width = readParam(record, 'width');
  const height = readParam(record, 'height');
  if (typeof width !== 'number' || typeof height !== 'number') return <Nothing />;
  return (
    <span className="dr-nowrap">
      {width} × {height}
    </span>
  );
}
