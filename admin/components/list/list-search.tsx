import { Icon } from '@adminjs/design-system';
import { type ResourceJSON, useTranslation } from 'adminjs';
import React, { type FormEvent, useState } from 'react';
import { useSearchParams } from 'react-router-dom';
import { language } from '../base/locale.ts';
import { say } from '../base/say.ts';

/** A field's name within a sentence: German keeps its capitals. */
const inSentence = (name: string) => (language === 'de' ? name : name.toLowerCase());

/** The search box of a list, always in view. */
export function ListSearch({ resource }: { resource: ResourceJSON }) {
  const [params, setParams] = useSearchParams();
  const { translateProperty } = useTranslation();
  const list = resource.actions.find(({ name }) => name === 'list');
  const places = ((list?.custom.searched ?? []) as string[]).map((name) =>
    inSentence(translateProperty(name, resource.id)),
  );
  const [typed, setTyped] = useState(params.get('query') ?? '');

  const search = (text: string) => {
    const changed = new URLSearchParams(params);
    changed.delete('page');
    if (text.trim() === '') changed.delete('query');
    else changed.set('query', text.trim());
    setParams(changed);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    search(typed);
  };

  return (
    <search>
      <form className="dr-search" onSubmit={submit}>
        <span className="dr-search-sign">
          <Icon icon="Search" size={16} />
        </span>
        <input
          className="dr-input"
          type="search"
          name="query"
          aria-label={say('Search')}
          aria-describedby="list-search-help"
          placeholder={say('Search in {{fields}}', { fields: places.join(', ') })}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            if (event.target.value === '') search('');
          }}
        />
        <button type="submit" className="dr-button">
          {say('Search')}
        </button>
      </form>
      <p className="dr-help dr-search-help" id="list-search-help">
        {say('Looks in {{fields}}. Every word has to be there; “quotes” keep words together; an id finds its record.', {
          fields: places.join(', '),
        })}
      </p>
    </search>
  );
}
