import React from 'react';
import { readList } from '../base/read-param.ts';
import type { ValueProps } from './value-frame.tsx';

export function Heights({ property, record }: ValueProps) {
  return (
    <span className="dr-chips">
      {readList<number>(record, property.path).map((height) => (
        <span key={height} className="dr-chip dr-chip-plain">
          {height} px
        </span>
      ))}
    </span>
  );
}
