import { Icon } from '@adminjs/design-system';
import { type ResourceJSON, useTranslation } from 'adminjs';
import React, { type FormEvent, useState } from 'react';
import { useSearchParams } from 'react-router-dom';

/** The search box of a list, always in view. */
export function ListSearch({ resource }: { resource: ResourceJSON }) {
  const [params, setParams] = useSearchParams();
  const { translateProperty } = useTranslation();
  const list = resource.actions.find(({ name }) => name === 'list');
  const places = ((list?.custom.searched ?? []) as string[]).map((name) =>
    translateProperty(name, resource.id).toLowerCase(),
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
          aria-label="Search"
          aria-describedby="list-search-help"
          placeholder={`Search in ${places.join(', ')}`}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            if (event.target.value === '') search('');
          }}
        />
        <button type="submit" className="dr-button">
          Search
        </button>
      </form>
      <p className="dr-help dr-search-help" id="list-search-help">
        Looks in {places.join(', ')}. Every word has to be there; “quotes” keep words together; an id finds its record.
      </p>
    </search>
  );
}
