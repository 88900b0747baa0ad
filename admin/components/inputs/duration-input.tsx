import React from 'react';
import { say } from '../base/say.ts';
import { AmountInput } from './amount-input.tsx';
import type { InputProps } from './input-props.ts';

const units = [
  { name: 'seconds', label: say('seconds'), size: 1 },
  { name: 'minutes', label: say('minutes'), size: 60 },
  { name: 'hours', label: say('hours'), size: 3_600 },
  { name: 'days', label: say('days'), size: 86_400 },
];

export function DurationInput(props: InputProps) {
  return <AmountInput {...props} units={units} />;
}
