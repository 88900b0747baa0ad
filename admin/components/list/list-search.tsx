import { Icon } from '@adminjs/design-system';
import React, { type FormEvent, useState } from 'react';
import { useSearchParams } from 'react-router-dom';

/** The search box of a list, always in view. */
export function ListSearch() {
  const [params, setParams] = useSearchParams();
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
          placeholder="Search. Several words must all match; “quotes” keep words together."
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
    </search>
  );
}
