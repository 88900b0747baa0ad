import { type ResourceJSON, useTranslation } from 'adminjs';
import React from 'react';
import { Link } from 'react-router-dom';

interface Props {
  resource: ResourceJSON;
  /** A search or a filter is in force. */
  isNarrowed: boolean;
}

/** A list without records says what to do. */
export function EmptyList({ resource, isNarrowed }: Props) {
  const { translateMessage, translateButton } = useTranslation();
  const list = `/admin/resources/${resource.id}`;
  if (isNarrowed) {
    return (
      <div className="dr-empty">
        <h2>Nothing matches</h2>
        <p>No record fits this search and these filters.</p>
        <Link className="dr-button" to={list}>
          Show all
        </Link>
      </div>
    );
  }
  const canCreate = resource.resourceActions.some(({ name }) => name === 'new');
  return (
    <div className="dr-empty">
      <h2>{translateMessage('noRecords', resource.id)}</h2>
      <p>{translateMessage('noRecordsInResource', resource.id)}</p>
      {canCreate ? (
        <Link className="dr-button dr-primary" to={`${list}/actions/new`}>
          {translateButton('createFirstRecord', resource.id)}
        </Link>
      ) : null}
    </div>
  );
}
