import './keys.css';
import { Icon } from '@adminjs/design-system';
import React, { useEffect, useId, useRef, useState } from 'react';
import { say } from '../base/say.ts';
import { areSingleKeysOn, fulfil, setSingleKeys, wishOf } from './keys.ts';

const keys: [string, string][] = [
  ['/', say('Search')],
  ['j', say('The next record of the list')],
  ['k', say('The record before it')],
  ['e', say('Edit')],
  ['s', say('Save')],
  ['Ctrl Enter', say('Save, from within a field')],
  ['?', say('This help')],
];

/** Listens to the keys of the panel, and tells which there are. */
export function KeyHelp() {
  const dialog = useRef<HTMLDialogElement>(null);
  const [isOn, setOn] = useState(areSingleKeysOn);
  const titleId = useId();

  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const wish = wishOf(event, isOn);
      if (!wish) return;
      if (wish === 'help') dialog.current?.showModal();
      else if (!fulfil(wish)) return;
      event.preventDefault();
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, [isOn]);

  return (
    <>
      <button
        type="button"
        className="dr-button dr-quiet dr-key-button"
        aria-label={say('Keys')}
        title={say('Keys')}
        onClick={() => dialog.current?.showModal()}
      >
        <Icon icon="Command" size={16} />
      </button>
      <dialog ref={dialog} className="dr-keys" aria-labelledby={titleId}>
        <h2 id={titleId}>{say('Keys')}</h2>
        <dl>
          {keys.map(([key, meaning]) => (
            <div key={key}>
              <dt>
                {key.split(' ').map((part) => (
                  <kbd key={part}>{part}</kbd>
                ))}
              </dt>
              <dd>{meaning}</dd>
            </div>
          ))}
        </dl>
        <label className="dr-key-switch">
          <input
            type="checkbox"
            checked={isOn}
            onChange={(event) => {
              setSingleKeys(event.target.checked);
              setOn(event.target.checked);
            }}
          />
          {say('Single keys work')}
        </label>
        <form method="dialog" className="dr-buttons">
          <button type="submit" className="dr-button dr-primary">
            {say('Close')}
          </button>
        </form>
      </dialog>
    </>
  );
}
