import type { BasePropertyJSON, RecordJSON, ResourceJSON } from 'adminjs';
import React from 'react';
import { Link } from 'react-router-dom';
import { inPanel } from '../base/panel-path.ts';
import { Value } from '../values/value.tsx';
import { QuickCell } from './quick-cell.tsx';
import { isEditable, isQuick, type QuickEdit } from './use-quick-edit.ts';

interface Props {
  resource: ResourceJSON;
  property: BasePropertyJSON;
  record: RecordJSON;
  quick: QuickEdit;
}

/** What stands in a row for one column: an input while one edits there, the name as a link, else the value. */
export function RecordCell({ resource, property, record, quick }: Props) {
  if (quick.isOn && isQuick(property) && isEditable(record)) {
    return <QuickCell resource={resource} property={property} record={record} quick={quick} />;
  }
  const value = <Value property={property} record={record} resource={resource} where="list" />;
  if (property.propertyPath !== nameField(resource)) return value;
  return (
    <Link className="dr-name" to={addressOf(resource, record) ?? '#'}>
      {value}
    </Link>
  );
}

/** Where a record is opened, by who may. */
export function addressOf(resource: ResourceJSON, record: RecordJSON): string | undefined {
  const action = ['show', 'edit'].find((name) => record.recordActions.some((one) => one.name === name));
  return action && inPanel(`/resources/${resource.id}/records/${record.id}/${action}`);
}

/** The column that links to the record: its title, or the first where that is no column. */
function nameField({ titleProperty, listProperties }: ResourceJSON): string | undefined {
  const title = listProperties.find(({ propertyPath }) => propertyPath === titleProperty.propertyPath);
  return (title ?? listProperties[0])?.propertyPath;
}
