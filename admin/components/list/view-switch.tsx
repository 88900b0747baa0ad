import { Icon } from '@adminjs/design-system';
import type { ResourceJSON } from 'adminjs';
import React, { type ReactNode, useState } from 'react';
import { say } from '../base/say.ts';

export type ListView = 'table' | 'grid';

const keyOf = (resourceId: string) => `darkroom-view-${resourceId}`;

/** How a list is shown, as it was left in this browser; only a list of pictures can be a grid. */
export function useListView({ id, listProperties }: ResourceJSON) {
  const canBeGrid = listProperties.some(({ propertyPath }) => propertyPath === 'previewUrl');
  const [chosen, setChosen] = useState<Record<string, ListView>>({});
  const view = chosen[id] ?? (localStorage.getItem(keyOf(id)) === 'grid' ? 'grid' : 'table');
  const choose = (next: ListView) => {
    localStorage.setItem(keyOf(id), next);
    setChosen((before) => ({ ...before, [id]: next }));
  };
  return { canBeGrid, view: canBeGrid ? view : 'table', choose };
}

interface Props extends Pick<ReturnType<typeof useListView>, 'view' | 'choose'> {
  /** What one view alone has beside the switch. */
  children: ReactNode;
}

export function ViewSwitch({ view, choose, children }: Props) {
  return (
    <div className="dr-views">
      {children}
      <fieldset aria-label={say('Show as')}>
        <button type="button" className="dr-button" aria-pressed={view === 'table'} onClick={() => choose('table')}>
          <Icon icon="List" size={15} /> {say('Table')}
        </button>
        <button type="button" className="dr-button" aria-pressed={view === 'grid'} onClick={() => choose('grid')}>
          <Icon icon="Grid" size={15} /> {say('Grid')}
        </button>
      </fieldset>
    </div>
  );
}
