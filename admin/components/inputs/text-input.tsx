import React from 'react';
import { type InputProps, inputAttributes } from './input-props.ts';

export function TextInput(props: InputProps) {
  const { property, value, onChange } = props;
  return (
    <input
      className="dr-input"
      type="text"
      {...inputAttributes(props)}
      name={property.propertyPath}
      value={typeof value === 'string' || typeof value === 'number' ? value : ''}
      required={property.isRequired}
      onChange={(event) => onChange(event.target.value)}
      {...property.props}
    />
  );
}
