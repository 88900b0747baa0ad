import { type ActionProps, useNotice } from 'adminjs';
import React, { useState } from 'react';
import { type Answer, callAction, noAnswer } from '../base/call-action.ts';
import { formatMoment } from '../base/format.ts';
import { say } from '../base/say.ts';
import { CopyField } from './copy-field.tsx';

interface LinkAnswer extends Answer {
  section?: { url: string; expiresAt: string };
}

/** Makes a link by which a user sets the password, and shows it once. */
export function PasswordLink({ action, resource, record }: ActionProps) {
  const [answer, setAnswer] = useState<LinkAnswer>();
  const [isBusy, setBusy] = useState(false);
  const addNotice = useNotice();
  if (!record) return null;

  const make = async () => {
    setBusy(true);
    const target = { resourceId: resource.id, actionName: action.name, recordId: record.id };
    const given = await callAction(target).catch(() => undefined);
    setBusy(false);
    setAnswer(given);
    if (!given) addNotice(noAnswer.notice);
  };

  if (answer?.section) {
    return (
      <div className="dr-form">
        <p className="dr-lead" role="status">
          {say('Pass this link on to {{name}}, and to nobody else: whoever opens it sets the password.', {
            name: record.title,
          })}
        </p>
        <CopyField label={say('The link')} text={answer.section.url} />
        <p className="dr-help">
          {say('It works once, until {{when}}. It is not shown again, and was not sent anywhere.', {
            when: formatMoment(answer.section.expiresAt),
          })}
        </p>
      </div>
    );
  }
  return (
    <div className="dr-form">
      {answer?.problem ? (
        <div className="dr-banner" role="alert">
          {answer.problem.detail}
        </div>
      ) : null}
      <p className="dr-lead">
        {say(
          'By the link, {{name}} sets a new password without knowing the old one. The password of now works until then.',
          {
            name: record.title,
          },
        )}
      </p>
      <div className="dr-buttons">
        <button type="button" className="dr-button dr-primary" disabled={isBusy} onClick={make}>
          {say('Make the link')}
        </button>
      </div>
    </div>
  );
}
