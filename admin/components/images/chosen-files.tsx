import './chosen-files.css';
import React, { type FormEvent, useId, useState } from 'react';
import { maxNameBytes, toImageName } from '../../../core/image-name.ts';
import { formatBytes } from '../base/format.ts';
import { say } from '../base/say.ts';
import type { Uploads } from './use-uploads.ts';

/** Files that are not sent yet: what each is to be called, and the button that sends them. */
export function ChosenFiles({ uploads: { uploads, rename, remove, send } }: { uploads: Uploads }) {
  const id = useId();
  const [hasTried, setTried] = useState(false);
  const chosen = uploads.filter(({ state }) => state === 'chosen');
  if (chosen.length === 0) return null;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const faulty = chosen.find(({ name }) => toImageName(name) === null);
    setTried(faulty !== undefined);
    if (faulty) document.getElementById(`${id}-${faulty.key}`)?.focus();
    else send();
  };
  return (
    <form onSubmit={submit} noValidate aria-label={say('Files to upload')}>
      <ul className="dr-chosen">
        {chosen.map(({ key, file, name }) => {
          const isFaulty = hasTried && toImageName(name) === null;
          return (
            <li key={key}>
              <input
                id={`${id}-${key}`}
                className="dr-input"
                aria-label={say('Name of {{file}}', { file: file.name })}
                aria-invalid={isFaulty || undefined}
                aria-describedby={isFaulty ? `${id}-${key}-error` : undefined}
                autoComplete="off"
                spellCheck={false}
                value={name}
                onChange={(event) => rename(key, event.target.value)}
              />
              <span className="dr-help dr-nowrap">{formatBytes(file.size)}</span>
              <button
                type="button"
                className="dr-button"
                aria-label={say('Leave out {{file}}', { file: file.name })}
                onClick={() => remove(key)}
              >
                {say('Leave out')}
              </button>
              {isFaulty ? (
                <span id={`${id}-${key}-error`} className="dr-error" role="alert">
                  {say(
                    'A name has 1 to {{most}} bytes, no control characters, and is neither blank nor a dot or two.',
                    {
                      most: maxNameBytes,
                    },
                  )}
                </span>
              ) : null}
            </li>
          );
        })}
      </ul>
      <button type="submit" className="dr-button dr-primary">
        {say.count(chosen.length, { one: 'Upload {{count}} file', other: 'Upload {{count}} files' })}
      </button>
    </form>
  );
}
