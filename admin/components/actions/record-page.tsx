import { type ActionProps, useTranslation } from 'adminjs';
import React, { type ComponentType } from 'react';
import { Value } from '../values/value.tsx';
import { useSettled } from './use-settled.ts';

/** One record, field by field; a picture stands above, and below what is read after it (its sections). */
export function RecordPage({ resource, record: given }: ActionProps) {
  const { translateProperty } = useTranslation();
  const record = useSettled(resource.id, given);
  if (!record) return null;
  const picture = resource.showProperties.find(({ propertyPath }) => propertyPath === 'picture');
  const properties = resource.showProperties.filter((property) => property !== picture);
  return (
    <div className="dr-record">
      {picture ? <Value property={picture} record={record} resource={resource} where="show" /> : null}
      <dl className="dr-details">
        {properties.map((property) => (
          <div key={property.propertyPath} data-field={property.propertyPath}>
            <dt>{translateProperty(property.label, resource.id)}</dt>
            <dd>
              <Value property={property} record={record} resource={resource} where="show" />
            </dd>
          </div>
        ))}
      </dl>
      {record.recordActions
        .filter(({ custom }) => custom.isSection)
        .map((action) => {
          const Section = window.AdminJS.UserComponents[
            String(action.component)
          ] as unknown as ComponentType<ActionProps>;
          return Section ? <Section key={action.name} action={action} resource={resource} record={record} /> : null;
        })}
    </div>
  );
}
