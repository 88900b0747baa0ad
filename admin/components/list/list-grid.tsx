import './list-grid.css';
import type { BasePropertyJSON, RecordJSON, ResourceJSON } from 'adminjs';
import React from 'react';
import { Link } from 'react-router-dom';
import { inPanel } from '../base/panel-path.ts';
import { say } from '../base/say.ts';
import { Value } from '../values/value.tsx';

interface Props {
  resource: ResourceJSON;
  records: RecordJSON[];
  selected: RecordJSON[];
  onSelect(record: RecordJSON): void;
  onSelectAll(): void;
}

/** What stands below a picture, beside its name. */
const shownFields = ['ownerId', 'status'];

/** A list as pictures: the same records, the same choices as in the table. */
export function ListGrid({ resource, records, selected, onSelect, onSelectAll }: Props) {
  const isSelected = (record: RecordJSON) => selected.some(({ id }) => id === record.id);
  const fieldOf = (name: string) => resource.listProperties.find(({ propertyPath }) => propertyPath === name);
  const picture = fieldOf('previewUrl');
  const fields = shownFields.map(fieldOf).filter((field): field is BasePropertyJSON => field !== undefined);
  const canSelect = records.some((record) => record.bulkActions.length > 0);
  return (
    <>
      {canSelect ? (
        <label className="dr-grid-all">
          <input type="checkbox" checked={records.every(isSelected)} onChange={onSelectAll} />
          {say('Choose all on this page')}
        </label>
      ) : null}
      <ul className="dr-grid">
        {records.map((record) => (
          <li key={record.id} data-id={record.id} className={isSelected(record) ? 'dr-grid-chosen' : undefined}>
            <Link className="dr-grid-open" to={inPanel(`/resources/${resource.id}/records/${record.id}/show`)}>
              {picture ? <Value property={picture} record={record} resource={resource} where="list" /> : null}
              <span className="dr-grid-name">{record.title}</span>
            </Link>
            {canSelect ? (
              <input
                type="checkbox"
                aria-label={say('Choose {{name}}', { name: record.title })}
                checked={isSelected(record)}
                onChange={() => onSelect(record)}
              />
            ) : null}
            <span className="dr-grid-facts">
              {fields.map((field) => (
                <Value key={field.propertyPath} property={field} record={record} resource={resource} where="list" />
              ))}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
