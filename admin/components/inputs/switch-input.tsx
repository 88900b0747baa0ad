import React from 'react';
import { type InputProps, inputAttributes } from './input-props.ts';

export function SwitchInput(props: InputProps) {
  const { property, value, onChange } = props;
  return (
    <input
      className="dr-switch"
      type="checkbox"
      role="switch"
      aria-checked={value === true}
      {...inputAttributes(props)}
      name={property.propertyPath}
      checked={value === true}
      onChange={(event) => onChange(event.target.checked)}
    />
  );
}
