import React from 'react';
import { say } from '../base/say.ts';

interface Props {
  label: string;
  value: string;
  onChange(value: string): void;
}

/** Narrows a list of boxes to those with the typed words. */
export function FilterField({ label, value, onChange }: Props) {
  return (
    <input
      className="dr-input"
      type="search"
      aria-label={label}
      placeholder={say('Type to narrow')}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      // Enter in a search field would send the form.
      onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
    />
  );
}

export function hasWords(text: string, typed: string): boolean {
  const folded = text.toLocaleLowerCase();
  return typed
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => folded.includes(word));
}
