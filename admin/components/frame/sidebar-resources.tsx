import { Navigation } from '@adminjs/design-system';
import { type ResourceJSON, useNavigationResources, useTranslation } from 'adminjs';
import React, { useState } from 'react';
import { Link } from 'react-router-dom';
import { inPanel } from '../base/panel-path.ts';
import { say } from '../base/say.ts';

/** The lists of the panel, narrowed to what is typed; Enter opens the first. */
export function SidebarResources({ resources }: { resources: ResourceJSON[] }) {
  const [typed, setTyped] = useState('');
  const { translateLabel } = useTranslation();
  const wanted = typed.trim().toLowerCase();
  const shown = resources.filter(({ name, id }) => translateLabel(name, id).toLowerCase().includes(wanted));
  const elements = useNavigationResources(shown);
  return (
    <>
      <form
        className="dr-sidebar-filter"
        onSubmit={(event) => {
          event.preventDefault();
          document.querySelector<HTMLElement>('.dr-sidebar-filter + * a')?.click();
          setTyped('');
        }}
      >
        <input
          className="dr-input"
          type="search"
          aria-label={say('Filter the menu')}
          placeholder={say('Filter…')}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </form>
      <Navigation label={translateLabel('navigation')} elements={elements} />
      <Link className="dr-link dr-guide" to={inPanel('/pages/guide')}>
        {say('What is what')}
      </Link>
    </>
  );
}
