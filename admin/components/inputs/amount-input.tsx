import React, { useEffect, useState } from 'react';
import { said, say } from '../base/say.ts';
import { type InputProps, inputAttributes } from './input-props.ts';

export interface Unit {
  name: string;
  /** Where it has a word, not a sign. */
  label?: string;
  /** How many of the smallest unit. */
  size: number;
}

interface AmountInputProps extends InputProps {
  /** From the smallest, whose size is 1. */
  units: readonly Unit[];
}

/** A number with its unit; the value is in the smallest unit, null when the field is empty. */
export function AmountInput(props: AmountInputProps) {
  const { property, value, onChange, units } = props;
  const [unit, setUnit] = useState(() => fittingUnit(value, units));
  const [typed, setTyped] = useState(() => inUnit(value, unit));

  // biome-ignore lint/correctness/useExhaustiveDependencies: only a value that comes from outside is taken over
  useEffect(() => {
    if (toValue(typed, unit) === value) return;
    const fitting = fittingUnit(value, units);
    setUnit(fitting);
    setTyped(inUnit(value, fitting));
  }, [value]);

  const change = (text: string, next: Unit) => {
    setTyped(text);
    setUnit(next);
    onChange(toValue(text, next));
  };

  return (
    <span className="dr-amount">
      <input
        className="dr-input"
        {...inputAttributes(props)}
        name={property.propertyPath}
        inputMode="decimal"
        autoComplete="off"
        placeholder={said(property.custom.empty)}
        value={typed}
        onChange={(event) => change(event.target.value, unit)}
      />
      <select
        className="dr-input dr-select"
        aria-label={say('Unit')}
        value={unit.name}
        onChange={(event) => change(typed, units.find((one) => one.name === event.target.value) ?? unit)}
      >
        {units.map(({ name, label }) => (
          <option key={name} value={name}>
            {label ?? name}
          </option>
        ))}
      </select>
    </span>
  );
}

const smallest: Unit = { name: '', size: 1 };

/** The largest unit in which the value is whole. */
function fittingUnit(value: unknown, units: readonly Unit[]): Unit {
  const amount = typeof value === 'number' && value > 0 ? value : undefined;
  const usual = units[Math.min(2, units.length - 1)] ?? smallest;
  if (amount === undefined) return usual;
  return [...units].reverse().find(({ size }) => amount % size === 0) ?? smallest;
}

function inUnit(value: unknown, unit: Unit): string {
  return typeof value === 'number' ? String(value / unit.size) : typeof value === 'string' ? value : '';
}

/** Text that is no number goes on as it is: the server says what is wrong with it. */
function toValue(typed: string, unit: Unit): number | string | null {
  const text = typed.trim().replace(',', '.');
  if (text === '') return null;
  return /^\d+(\.\d+)?$/.test(text) ? Math.round(Number(text) * unit.size) : typed;
}
