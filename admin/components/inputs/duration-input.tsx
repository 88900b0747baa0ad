import React from 'react';
import { AmountInput } from './amount-input.tsx';
import type { InputProps } from './input-props.ts';

const units = [
  { name: 'seconds', size: 1 },
  { name: 'minutes', size: 60 },
  { name: 'hours', size: 3_600 },
  { name: 'days', size: 86_400 },
];

export function DurationInput(props: InputProps) {
  return <AmountInput {...props} units={units} />;
}
