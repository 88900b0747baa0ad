import type { ResourceJSON } from 'adminjs';
import React from 'react';
import { useSearchParams } from 'react-router-dom';
import { inPanel } from '../base/panel-path.ts';
import { say } from '../base/say.ts';

/** What the search and the filters match, as a file: for whoever has the right to it. */
export function ExportButtons({ resource }: { resource: ResourceJSON }) {
  const [params] = useSearchParams();
  if (!resource.resourceActions.some(({ name }) => name === 'export')) return null;
  return (
    <span className="dr-export">
      {say('Export')}
      {['csv', 'json'].map((format) => (
        <form key={format} method="post" action={inPanel(`/export/${resource.id}.${format}?${params}`)}>
          <button
            type="submit"
            className="dr-button"
            aria-label={say('Export as {{format}}', { format: format.toUpperCase() })}
          >
            {format.toUpperCase()}
          </button>
        </form>
      ))}
    </span>
  );
}
