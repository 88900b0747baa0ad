import React from 'react';
import { momentParts } from '../base/format.ts';
import { readParam } from '../base/read-param.ts';
import { said } from '../base/say.ts';
import { Nothing, type ValueProps } from './value-frame.tsx';

export function Moment({ property, record }: ValueProps) {
  const value = readParam(record, property.path);
  if (typeof value !== 'string') return <Nothing word={said(property.custom.empty)} />;
  const { day, time } = momentParts(value);
  return (
    <time dateTime={value} title={value}>
      <span className="dr-nowrap">{day}</span> <span className="dr-nowrap">{time}</span>
    </time>
  );
}
