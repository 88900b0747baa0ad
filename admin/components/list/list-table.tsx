import type { RecordJSON, ResourceJSON } from 'adminjs';
import { useTranslation } from 'adminjs';
import React, { type MouseEvent } from 'react';
import { useNavigate } from 'react-router-dom';
import { say } from '../base/say.ts';
import { addressOf, RecordCell } from './record-cell.tsx';
import { SortHeader } from './sort-header.tsx';
import type { Sort } from './sorts.ts';
import type { QuickEdit } from './use-quick-edit.ts';

interface Props {
  resource: ResourceJSON;
  records: RecordJSON[];
  sorts: Sort[];
  quick: QuickEdit;
  selected: RecordJSON[];
  onSelect(record: RecordJSON): void;
  onSelectAll(): void;
}

/** The table of a list. A click on a row opens its record; its name is a link as well. */
export function ListTable({ resource, records, sorts, quick, selected, onSelect, onSelectAll }: Props) {
  const { translateProperty } = useTranslation();
  const navigate = useNavigate();
  const canSelect = records.some((record) => record.bulkActions.length > 0);
  const isSelected = (record: RecordJSON) => selected.some(({ id }) => id === record.id);

  const open = (event: MouseEvent, record: RecordJSON) => {
    if ((event.target as HTMLElement).closest('a, button, input, select, label')) return;
    const address = addressOf(resource, record);
    if (address) navigate(address);
  };

  return (
    <div className="dr-table-frame">
      <table className="dr-table">
        <thead>
          <tr>
            {canSelect ? (
              <th scope="col" className="dr-select-cell">
                <input
                  type="checkbox"
                  aria-label={say('Choose all on this page')}
                  checked={records.every(isSelected)}
                  onChange={onSelectAll}
                />
              </th>
            ) : null}
            {resource.listProperties.map((property) => (
              <SortHeader
                key={property.propertyPath}
                property={property}
                label={translateProperty(property.label, resource.id)}
                sorts={sorts}
              />
            ))}
          </tr>
        </thead>
        <tbody>
          {records.map((record) => (
            <tr key={record.id} data-id={record.id} onClick={(event) => open(event, record)}>
              {canSelect ? (
                <td className="dr-select-cell">
                  <input
                    type="checkbox"
                    aria-label={say('Choose {{name}}', { name: record.title })}
                    checked={isSelected(record)}
                    onChange={() => onSelect(record)}
                  />
                </td>
              ) : null}
              {resource.listProperties.map((property) => (
                <td key={property.propertyPath} data-field={property.propertyPath}>
                  <RecordCell resource={resource} property={property} record={record} quick={quick} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
