import React from 'react';
import { readParam } from '../base/read-param.ts';
import { said } from '../base/say.ts';
import type { ValueProps } from './value-frame.tsx';

export function ChoiceWord({ property, record }: ValueProps) {
  const value = String(readParam(record, property.path) ?? '');
  const words = property.custom.words as Record<string, string> | undefined;
  return <span>{said(words?.[value]) ?? value}</span>;
}
