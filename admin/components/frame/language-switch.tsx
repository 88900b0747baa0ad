import React, { type FormEvent } from 'react';
import { languages } from '../../locale/languages.ts';
import { language } from '../base/locale.ts';
import { inPanel } from '../base/panel-path.ts';
import { say } from '../base/say.ts';

/** Chooses the panel's language; the page comes back in it, where it was. */
export function LanguageSwitch() {
  const change = (event: FormEvent<HTMLFormElement>) => {
    const { next } = event.currentTarget.elements as unknown as { next: HTMLInputElement };
    next.value = window.location.pathname + window.location.search;
    event.currentTarget.requestSubmit();
  };
  return (
    <form className="dr-language" method="post" action={inPanel('/language')} onChange={change}>
      <input type="hidden" name="next" />
      <select className="dr-input dr-select" name="language" aria-label={say('Language')} defaultValue={language}>
        {Object.entries(languages).map(([code, { name }]) => (
          <option key={code} value={code} lang={code}>
            {name}
          </option>
        ))}
      </select>
    </form>
  );
}
