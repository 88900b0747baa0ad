import { type ActionProps, useNotice } from 'adminjs';
import React, { useState } from 'react';
import { Link, useNavigate } from 'react-router-dom';
import { callAction } from '../base/call-action.ts';
import { listAddress } from '../base/list-address.ts';
import { RelatedList, relatedCounts } from './related-records.tsx';

/** Asks before several records go (or are revoked). */
export function ConfirmBulkDelete({ action, resource, records = [] }: ActionProps) {
  const [isBusy, setBusy] = useState(false);
  const navigate = useNavigate();
  const addNotice = useNotice();
  const verb = typeof action.custom.verb === 'string' ? action.custom.verb : 'Delete';
  const goes = relatedCounts(action.custom.goesWithIt, records);
  const keeps = relatedCounts(action.custom.protectedBy, records);
  const list = listAddress(resource.id);

  const confirm = async () => {
    setBusy(true);
    const target = { resourceId: resource.id, actionName: action.name, recordIds: records.map(({ id }) => id) };
    const answer = await callAction(target).catch(() => undefined);
    setBusy(false);
    addNotice(answer?.notice ?? { type: 'error', message: 'The server did not answer. Try again in a moment.' });
    if (answer) navigate(list);
  };

  return (
    <div className="dr-form">
      <p className="dr-lead">
        {verb} {records.length === 1 ? 'this one' : `these ${records.length}`}? This cannot be undone.
      </p>
      <ul className="dr-related">
        {records.map((record) => (
          <li key={record.id}>{record.title}</li>
        ))}
      </ul>
      {goes.length > 0 ? <p>Deleted with them:</p> : null}
      <RelatedList counts={goes} />
      {keeps.length > 0 ? <p>What is in use stays:</p> : null}
      <RelatedList counts={keeps} />
      <div className="dr-buttons">
        <button type="button" className="dr-button dr-danger" disabled={isBusy} onClick={confirm}>
          Yes, {verb.toLowerCase()}
        </button>
        <Link className="dr-button" to={list}>
          Back
        </Link>
      </div>
    </div>
  );
}
