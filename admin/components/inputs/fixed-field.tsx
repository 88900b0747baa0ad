import { type BasePropertyJSON, type RecordJSON, type ResourceJSON, useTranslation } from 'adminjs';
import React from 'react';
import { Value } from '../values/value.tsx';

interface Props {
  property: BasePropertyJSON;
  resource: ResourceJSON;
  record: RecordJSON;
  /** Why it stays as it is. */
  reason: string;
}

/** A field of a form that this person may not change on this record. */
export function FixedField({ property, resource, record, reason }: Props) {
  const { translateProperty } = useTranslation();
  return (
    <div className="dr-field" data-field={property.propertyPath}>
      <span className="dr-label">{translateProperty(property.label, property.resourceId)}</span>
      <span>
        <Value property={property} record={record} resource={resource} where="show" />
      </span>
      <span className="dr-help">{reason}</span>
    </div>
  );
}
