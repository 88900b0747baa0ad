import { Icon } from '@adminjs/design-system';
import React, { type KeyboardEvent, useState } from 'react';
import { say } from '../base/say.ts';
import { type InputProps, inputAttributes } from './input-props.ts';

interface Rules {
  min: number;
  max: number;
  most: number;
}

/** Heights as chips: type a number, Enter or comma adds it; Backspace in the empty field takes the last away. */
export function HeightsInput(props: InputProps) {
  const { property, value, onChange } = props;
  const [typed, setTyped] = useState('');
  const [fault, setFault] = useState('');
  const rules = property.custom as unknown as Rules;
  const heights = Array.isArray(value) ? (value as number[]) : [];

  const add = (text: string) => {
    const parts = text.split(/[\s,;]+/).filter(Boolean);
    const wrong = parts.find((part) => !isHeight(part, rules));
    if (wrong !== undefined) {
      setFault(
        say('{{text}} is not a whole number from {{min}} to {{max}}.', { text: wrong, min: rules.min, max: rules.max }),
      );
      setTyped(text);
      return;
    }
    const all = [...new Set([...heights, ...parts.map(Number)])].sort((a, b) => a - b);
    if (all.length > rules.most) {
      setFault(say('{{count}} heights are the most.', { count: rules.most }));
      return;
    }
    setFault('');
    setTyped('');
    if (parts.length > 0) onChange(all);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if ((event.key === 'Enter' && typed.trim() !== '') || event.key === ',') {
      event.preventDefault();
      add(typed);
    } else if (event.key === 'Backspace' && typed === '' && heights.length > 0) {
      onChange(heights.slice(0, -1));
    }
  };

  return (
    <>
      <span className={`dr-input dr-chips-input${props.isInvalid || fault ? ' dr-invalid' : ''}`}>
        {heights.map((height) => (
          <span key={height} className="dr-chip dr-chip-plain">
            {height} px
            <button
              type="button"
              aria-label={say('Take {{height}} pixels away', { height })}
              onClick={() => onChange(heights.filter((other) => other !== height))}
            >
              <Icon icon="X" size={12} />
            </button>
          </span>
        ))}
        <input
          {...inputAttributes(props)}
          name={property.propertyPath}
          inputMode="numeric"
          autoComplete="off"
          placeholder={heights.length === 0 ? '200, 400' : say('Add a height')}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={onKeyDown}
          onBlur={() => typed.trim() !== '' && add(typed)}
        />
      </span>
      {fault ? (
        <span className="dr-error" role="alert">
          {fault}
        </span>
      ) : null}
    </>
  );
}

function isHeight(part: string, { min, max }: Rules): boolean {
  return /^\d{1,5}$/.test(part) && Number(part) >= min && Number(part) <= max;
}
