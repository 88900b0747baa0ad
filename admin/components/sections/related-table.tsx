import { Icon, type IconProps } from '@adminjs/design-system';
import { type RecordJSON, useTranslation } from 'adminjs';
import React from 'react';
import { Link } from 'react-router-dom';
import { useLeadBack } from '../base/back-to.ts';
import { limitsOf } from '../base/limits.ts';
import { inPanel } from '../base/panel-path.ts';
import { say } from '../base/say.ts';
import { RecordCell } from '../list/record-cell.tsx';
import { isEditable, type QuickEdit } from '../list/use-quick-edit.ts';
import { TakeOutButton } from './take-out-button.tsx';
import type { Related } from './use-related.ts';

interface Props {
  parent: RecordJSON;
  related: Related;
  quick: QuickEdit;
}

/** A row for each record, with what the person may do with it; on a narrow screen the cells stand below each other. */
export function RelatedTable({ parent, related, quick }: Props) {
  const { inline, resource, records, reload } = related;
  const { translateProperty } = useTranslation();
  const columns = inline.fields.flatMap((name) => {
    const property = resource.listProperties.find(({ propertyPath }) => propertyPath === name);
    return property ? [{ property, label: translateProperty(property.label, resource.id) }] : [];
  });
  return (
    <div className="dr-table-frame dr-inline">
      <table className="dr-table">
        <thead>
          <tr>
            {columns.map(({ property, label }) => (
              <th key={property.propertyPath} scope="col">
                {label}
              </th>
            ))}
            <th scope="col">
              <span className="dr-hidden">{say('What can be done')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {records.map((record) => (
            <tr key={record.id} data-id={record.id}>
              {columns.map(({ property, label }) => (
                <td key={property.propertyPath} data-field={property.propertyPath} data-label={label}>
                  <RecordCell resource={resource} property={property} record={record} quick={quick} />
                </td>
              ))}
              <td>
                <div className="dr-inline-ways">
                  <WayTo record={record} resourceId={resource.id} action="edit" />
                  {inline.memberOf && isEditable(record) && limitsOf(parent).isBeyond !== true ? (
                    <TakeOutButton
                      resourceId={resource.id}
                      record={record}
                      field={inline.memberOf}
                      parent={parent}
                      onDone={reload}
                    />
                  ) : null}
                  {inline.memberOf ? null : <WayTo record={record} resourceId={resource.id} action="delete" />}
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface WayProps {
  resourceId: string;
  record: RecordJSON;
  action: 'edit' | 'delete';
}

/** To the record's own form, or to the page that asks before it is deleted; from there one comes back here. */
function WayTo({ resourceId, record, action }: WayProps) {
  const state = useLeadBack();
  if (!record.recordActions.some(({ name }) => name === action)) return null;
  const text =
    action === 'edit' ? say('Change {{name}}', { name: record.title }) : say('Delete {{name}}', { name: record.title });
  const icon: IconProps['icon'] = action === 'edit' ? 'Edit2' : 'Trash2';
  return (
    <Link
      className="dr-icon-button"
      to={inPanel(`/resources/${resourceId}/records/${record.id}/${action}`)}
      state={state}
      title={text}
      aria-label={text}
    >
      <Icon icon={icon} size={15} />
    </Link>
  );
}
