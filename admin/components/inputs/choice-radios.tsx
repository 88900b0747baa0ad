import React from 'react';
import { said } from '../base/say.ts';
import type { InputProps } from './input-props.ts';

/** One of a few: all of them in view. */
export function ChoiceRadios({ id, property, value, onChange, isInvalid, describedBy }: InputProps) {
  const words = property.custom.words as Record<string, string> | undefined;
  return (
    <span
      className="dr-radios"
      role="radiogroup"
      id={id}
      aria-labelledby={`${id}-label`}
      aria-describedby={describedBy}
      aria-invalid={isInvalid || undefined}
    >
      {(property.availableValues ?? []).map((choice) => (
        <label key={choice.value}>
          <input
            type="radio"
            name={property.propertyPath}
            value={choice.value}
            checked={String(value ?? '') === choice.value}
            onChange={() => onChange(choice.value)}
          />
          {said(words?.[choice.value]) ?? choice.value}
        </label>
      ))}
    </span>
  );
}
