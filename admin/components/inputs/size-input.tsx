import React from 'react';
import { say } from '../base/say.ts';
import { AmountInput } from './amount-input.tsx';
import type { InputProps } from './input-props.ts';

const units = [
  { name: 'bytes', label: say('bytes'), size: 1 },
  { name: 'KB', size: 1024 },
  { name: 'MB', size: 1024 ** 2 },
  { name: 'GB', size: 1024 ** 3 },
];

export function SizeInput(props: InputProps) {
  return <AmountInput {...props} units={units} />;
}
