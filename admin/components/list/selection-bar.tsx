import { type RecordJSON, type ResourceJSON, useTranslation } from 'adminjs';
import React from 'react';
import { Link } from 'react-router-dom';

/** What can be done with the chosen records. */
export function SelectionBar({ resource, records }: { resource: ResourceJSON; records: RecordJSON[] }) {
  const { translateAction } = useTranslation();
  const first = records[0];
  if (!first) return null;
  const search = new URLSearchParams({ recordIds: records.map(({ id }) => id).join(',') });
  return (
    <div className="dr-selection" role="status">
      <span>{records.length} chosen</span>
      {first.bulkActions.map((action) => (
        <Link
          key={action.name}
          className={`dr-button${action.variant === 'danger' ? ' dr-danger' : ''}`}
          to={`/admin/resources/${resource.id}/bulk/${action.name}?${search}`}
        >
          {translateAction(action.label, resource.id)}
        </Link>
      ))}
    </div>
  );
}
