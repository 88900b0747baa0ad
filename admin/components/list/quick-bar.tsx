import React from 'react';
import { say } from '../base/say.ts';
import type { QuickEdit } from './use-quick-edit.ts';

/** Begins and ends editing in the list, and says what was refused. */
export function QuickBar({ quick }: { quick: QuickEdit }) {
  if (!quick.isOffered) return null;
  return (
    <div className="dr-quick">
      {quick.refusals.map(({ id, text }) => (
        <p key={id} className="dr-error" role="alert">
          {text}
        </p>
      ))}
      {quick.isOn ? (
        <div className="dr-buttons">
          <button
            type="button"
            className="dr-button dr-primary"
            disabled={quick.isBusy || quick.count === 0}
            onClick={quick.save}
          >
            {quick.count > 0 ? say('Save {{count}}', { count: quick.count }) : say('Save')}
          </button>
          <button type="button" className="dr-button" disabled={quick.isBusy} onClick={quick.stop}>
            {say('Leave as it is')}
          </button>
        </div>
      ) : (
        <button type="button" className="dr-button" onClick={quick.start}>
          {say('Edit in the list')}
        </button>
      )}
    </div>
  );
}
