import { type ResourceJSON, useTranslation } from 'adminjs';
import React from 'react';
import { Link } from 'react-router-dom';
import { inPanel } from '../base/panel-path.ts';
import { say } from '../base/say.ts';

interface Props {
  resource: ResourceJSON;
  /** A search or a filter is in force. */
  isNarrowed: boolean;
}

/** A list without records says what to do. */
export function EmptyList({ resource, isNarrowed }: Props) {
  const { translateMessage, translateButton, translateAction } = useTranslation();
  const list = inPanel(`/resources/${resource.id}`);
  if (isNarrowed) {
    return (
      <div className="dr-empty">
        <h2>{say('Nothing matches')}</h2>
        <p>{say('No record fits this search and these filters.')}</p>
        <Link className="dr-button" to={list}>
          {say('Show all')}
        </Link>
      </div>
    );
  }
  const canCreate = resource.resourceActions.some(({ name }) => name === 'new');
  const upload = resource.resourceActions.find(({ name }) => name === 'upload');
  return (
    <div className="dr-empty">
      <h2>{translateMessage('noRecords', resource.id)}</h2>
      <p>{translateMessage('noRecordsInResource', resource.id)}</p>
      {canCreate ? (
        <Link className="dr-button dr-primary" to={`${list}/actions/new`}>
          {translateButton('createFirstRecord', resource.id)}
        </Link>
      ) : null}
      {upload ? (
        <Link className="dr-button dr-primary" to={`${list}/actions/${upload.name}`}>
          {translateAction(upload.label, resource.id)}
        </Link>
      ) : null}
    </div>
  );
}
