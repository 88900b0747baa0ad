import { type BasePropertyJSON, type RecordJSON, type ResourceJSON, useTranslation } from 'adminjs';
import React, { type ComponentType } from 'react';
import { limitsOf } from '../base/limits.ts';
import { readParam } from '../base/read-param.ts';
import { say } from '../base/say.ts';
import type { InputProps } from '../inputs/input-props.ts';
import { TextInput } from '../inputs/text-input.tsx';
import { Value } from '../values/value.tsx';
import type { QuickEdit } from './use-quick-edit.ts';

interface Props {
  resource: ResourceJSON;
  property: BasePropertyJSON;
  record: RecordJSON;
  quick: QuickEdit;
}

/** A cell of the list with the input that the field has in its form; its value, where it stays as it is. */
export function QuickCell({ resource, property, record, quick }: Props) {
  const { translateProperty } = useTranslation();
  const name = property.propertyPath;
  const reason = limitsOf(record).fields?.[name];
  const Input =
    (window.AdminJS.UserComponents[property.components?.edit ?? ''] as unknown as ComponentType<InputProps>) ??
    TextInput;
  if (reason !== undefined) {
    return (
      <span title={reason}>
        <Value property={property} record={record} resource={resource} where="list" />
      </span>
    );
  }
  const changed = quick.changes[record.id];
  const id = `quick-${record.id}-${name}`;
  return (
    <label htmlFor={id}>
      <span className="dr-hidden">
        {say('{{field}} of {{name}}', { field: translateProperty(property.label, resource.id), name: record.title })}
      </span>
      <Input
        id={id}
        property={property}
        record={record}
        value={changed && name in changed ? changed[name] : readParam(record, name)}
        onChange={(value) => quick.change(record, name, value)}
        isInvalid={false}
        describedBy={undefined}
      />
    </label>
  );
}
