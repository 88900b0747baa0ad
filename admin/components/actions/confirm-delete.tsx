import { type ActionProps, useNotice } from 'adminjs';
import React, { useState } from 'react';
import { Link, useNavigate } from 'react-router-dom';
import { useBackTo } from '../base/back-to.ts';
import { callAction, noAnswer } from '../base/call-action.ts';
import { inPanel } from '../base/panel-path.ts';
import { said, say } from '../base/say.ts';
import { giveToWaitingForm } from '../inputs/record-options.ts';
import { GoingList, KeepingList } from './deletion-lists.tsx';
import { useDeletionPlan } from './use-deletion-plan.ts';

/** Asks before a record goes, and says what goes with it and what keeps it. */
export function ConfirmDelete({ action, resource, record }: ActionProps) {
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState('');
  const navigate = useNavigate();
  const backTo = useBackTo();
  const addNotice = useNotice();
  const plan = useDeletionPlan(resource.id, record ? [record.id] : [], true);
  if (!record) return null;
  if (plan === undefined) return <div className="dr-form" aria-busy="true" />;
  const { goes, keeps } = plan ?? { goes: [], keeps: [] };

  const confirm = async () => {
    setBusy(true);
    const target = { resourceId: resource.id, actionName: action.name, recordId: record.id };
    const answer = await callAction(target).catch(() => undefined);
    setBusy(false);
    if (!answer || answer.problem) {
      setRefusal((answer?.problem ?? noAnswer.problem).detail);
      return;
    }
    if (giveToWaitingForm({ id: record.id, title: record.title, isDeleted: true })) return;
    if (answer.notice) addNotice(answer.notice);
    navigate(backTo ?? answer.redirectUrl ?? inPanel(`/resources/${resource.id}`));
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
          <p className="dr-lead">{say('{{name}} cannot be deleted:', { name: record.title })}</p>
          <KeepingList keeps={keeps} isNamed={false} />
          {typeof action.custom.advice === 'string' && keeps.some(({ reason }) => reason === 'inUse') ? (
            <p className="dr-lead">{said(action.custom.advice)}</p>
          ) : null}
        </>
      ) : (
        <>
          <p className="dr-lead">{say('Delete {{name}}? This cannot be undone.', { name: record.title })}</p>
          {plan === null ? <p role="alert">{say('What goes with it could not be read.')}</p> : null}
          {goes.length > 0 ? <p>{say('Deleted with it:')}</p> : null}
          <GoingList goes={goes} />
        </>
      )}
      <div className="dr-buttons">
        {keeps.length === 0 ? (
          <button type="button" className="dr-button dr-danger" disabled={isBusy} onClick={confirm}>
            {say('Yes, delete it')}
          </button>
        ) : null}
        <Link className="dr-button" to={backTo ?? inPanel(`/resources/${resource.id}/records/${record.id}/show`)}>
          {say('Back')}
        </Link>
      </div>
    </div>
  );
}
