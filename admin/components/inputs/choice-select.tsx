import React from 'react';
import { said } from '../base/say.ts';
import { type InputProps, inputAttributes } from './input-props.ts';

export function ChoiceSelect(props: InputProps) {
  const { property, value, onChange } = props;
  const words = property.custom.words as Record<string, string> | undefined;
  return (
    <select
      className="dr-input dr-select"
      {...inputAttributes(props)}
      name={property.propertyPath}
      value={String(value ?? '')}
      onChange={(event) => onChange(event.target.value)}
    >
      {(property.availableValues ?? []).map((choice) => (
        <option key={choice.value} value={choice.value}>
          {said(words?.[choice.value]) ?? choice.value}
        </option>
      ))}
    </select>
  );
}
