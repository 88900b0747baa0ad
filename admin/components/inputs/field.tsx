import { type BasePropertyJSON, type RecordJSON, useTranslation } from 'adminjs';
import React, { type ComponentType } from 'react';
import { said } from '../base/say.ts';
import type { InputProps } from './input-props.ts';
import { TextInput } from './text-input.tsx';

interface FieldProps {
  property: BasePropertyJSON;
  record: RecordJSON | undefined;
  value: unknown;
  error: string | undefined;
  onChange(value: unknown): void;
}

/** What is no single input: the label names the whole. */
const boxes = new Set(['GroupBoxes', 'PermissionBoxes', 'ChoiceRadios']);

/** A field of a form: label, input, help, error, all bound to each other. */
export function Field({ property, record, value, error, onChange }: FieldProps) {
  const { translateProperty } = useTranslation();
  const id = `field-${property.propertyPath}`;
  // Where a list edits the same field in a cell, that has the smaller input.
  const name = String(property.custom.formInput ?? property.components?.edit ?? '');
  const Input = (window.AdminJS.UserComponents[name] as unknown as ComponentType<InputProps>) ?? TextInput;
  const label = (
    <>
      {translateProperty(property.label, property.resourceId)}
      {property.isRequired ? (
        <span className="dr-required" aria-hidden="true">
          {' '}
          *
        </span>
      ) : null}
    </>
  );
  const describedBy = [property.description ? `${id}-help` : '', error ? `${id}-error` : ''].join(' ').trim();
  return (
    <div className={`dr-field${name === 'SwitchInput' ? ' dr-field-switch' : ''}`} data-field={property.propertyPath}>
      {boxes.has(name) ? (
        <span className="dr-label" id={`${id}-label`}>
          {label}
        </span>
      ) : (
        <label className="dr-label" htmlFor={id}>
          {label}
        </label>
      )}
      <Input
        id={id}
        property={property}
        record={record}
        value={value}
        onChange={onChange}
        isInvalid={Boolean(error)}
        describedBy={describedBy || undefined}
      />
      {error ? (
        <span className="dr-error" id={`${id}-error`} role="alert">
          {error}
        </span>
      ) : null}
      {property.description ? (
        <span className="dr-help" id={`${id}-help`}>
          {said(property.description)}
        </span>
      ) : null}
    </div>
  );
}
