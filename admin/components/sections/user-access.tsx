import { type ActionProps, useNotice } from 'adminjs';
import React, { useState } from 'react';
import type { AccountAccess } from '../../access/account-access.ts';
import { callAction, noAnswer } from '../base/call-action.ts';
import { limitsOf } from '../base/limits.ts';
import { say } from '../base/say.ts';
import { SessionList } from './session-list.tsx';
import { useSection } from './use-section.ts';

/** How a user gets in, and the button that ends it everywhere. */
export function UserAccess(props: ActionProps) {
  const { section, reload } = useSection<AccountAccess>(props);
  const [isSure, setSure] = useState(false);
  const addNotice = useNotice();
  const { action, resource, record } = props;
  if (!section || !record) return null;

  const end = async () => {
    setSure(false);
    const target = { resourceId: resource.id, actionName: action.name, recordId: record.id };
    const answer = await callAction(target).catch(() => undefined);
    addNotice(answer?.notice ?? noAnswer.notice);
    reload();
  };
  return (
    <section className="dr-section" aria-label={say('Access')}>
      <h2>{say('Access')}</h2>
      <SessionList access={section} />
      {limitsOf(record).isOutOfReach ? null : (
        <div className="dr-buttons">
          {isSure ? (
            <>
              <button type="button" className="dr-button dr-danger" onClick={end}>
                {say('Yes, end all sessions and tokens')}
              </button>
              <button type="button" className="dr-button" onClick={() => setSure(false)}>
                {say('Back')}
              </button>
            </>
          ) : (
            <button type="button" className="dr-button" onClick={() => setSure(true)}>
              {say('Log out everywhere')}
            </button>
          )}
        </div>
      )}
    </section>
  );
}
