import { type ActionProps, useNotice } from 'adminjs';
import React, { useState } from 'react';
import { Link, useNavigate } from 'react-router-dom';
import { callAction } from '../base/call-action.ts';
import { inPanel } from '../base/panel-path.ts';
import { said, say } from '../base/say.ts';
import { RelatedList, relatedCounts } from './related-records.tsx';

/** Asks before a record goes, and says what goes with it and what keeps it. */
export function ConfirmDelete({ action, resource, record }: ActionProps) {
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState('');
  const navigate = useNavigate();
  const addNotice = useNotice();
  if (!record) return null;
  const goes = relatedCounts(action.custom.goesWithIt, [record]);
  const keeps = relatedCounts(action.custom.protectedBy, [record]);

  const confirm = async () => {
    setBusy(true);
    const target = { resourceId: resource.id, actionName: action.name, recordId: record.id };
    const answer = await callAction(target).catch(() => undefined);
    setBusy(false);
    if (!answer || answer.problem) {
      setRefusal(answer?.problem?.detail ?? say('The server did not answer. Try again in a moment.'));
      return;
    }
    if (answer.notice) addNotice(answer.notice);
    navigate(answer.redirectUrl ?? inPanel(`/resources/${resource.id}`));
  };

  return (
    <div className="dr-form">
      {refusal ? (
        <div className="dr-banner" role="alert">
          {refusal}
        </div>
      ) : null}
      {keeps.length > 0 ? (
        <>
          <p className="dr-lead">{say('{{name}} cannot be deleted while it is in use:', { name: record.title })}</p>
          <RelatedList counts={keeps} />
          {typeof action.custom.advice === 'string' ? <p className="dr-lead">{said(action.custom.advice)}</p> : null}
        </>
      ) : (
        <>
          <p className="dr-lead">{say('Delete {{name}}? This cannot be undone.', { name: record.title })}</p>
          {goes.length > 0 ? <p>{say('Deleted with it:')}</p> : null}
          <RelatedList counts={goes} />
        </>
      )}
      <div className="dr-buttons">
        {keeps.length === 0 ? (
          <button type="button" className="dr-button dr-danger" disabled={isBusy} onClick={confirm}>
            {say('Yes, delete it')}
          </button>
        ) : null}
        <Link className="dr-button" to={inPanel(`/resources/${resource.id}/records/${record.id}/show`)}>
          {say('Back')}
        </Link>
      </div>
    </div>
  );
}
