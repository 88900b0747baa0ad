import type { ActionProps } from 'adminjs';
import React, { useState } from 'react';
import { type Answer, callAction, noAnswer } from '../base/call-action.ts';
import { say } from '../base/say.ts';
import { CopyField } from './copy-field.tsx';

/** The address behind an expiring link, when somebody asks for it. */
export function ShowLink({ action, resource, record }: ActionProps) {
  const [answer, setAnswer] = useState<Answer & { section?: { url: string } }>();
  const [isBusy, setBusy] = useState(false);
  if (!record) return null;
  const ask = async () => {
    setBusy(true);
    const target = { resourceId: resource.id, actionName: action.name, recordId: record.id };
    setAnswer((await callAction(target).catch(() => undefined)) ?? noAnswer);
    setBusy(false);
  };
  const url = answer?.section?.url;
  return (
    <div className="dr-form">
      {answer?.problem ? (
        <div className="dr-banner" role="alert">
          {answer.problem.detail}
        </div>
      ) : null}
      <p className="dr-lead">
        {say(
          'Whoever has this link sees the image until it ends. To open it counts as a use; that you asked for it is in the log.',
        )}
      </p>
      {url ? <CopyField label={say('The link')} text={url} /> : null}
      <div className="dr-buttons">
        {url ? (
          <a className="dr-button dr-primary" href={url} target="_blank" rel="noreferrer">
            {say('Open it')}
          </a>
        ) : (
          <button type="button" className="dr-button dr-primary" disabled={isBusy} onClick={ask}>
            {say('Show the link')}
          </button>
        )}
      </div>
    </div>
  );
}
