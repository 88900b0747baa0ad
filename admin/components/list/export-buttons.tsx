import type { ResourceJSON } from 'adminjs';
import React from 'react';
import { useSearchParams } from 'react-router-dom';

/** What the search and the filters match, as a file: for whoever has the right to it. */
export function ExportButtons({ resource }: { resource: ResourceJSON }) {
  const [params] = useSearchParams();
  if (!resource.resourceActions.some(({ name }) => name === 'export')) return null;
  return (
    <span className="dr-export">
      Export
      {['csv', 'json'].map((format) => (
        <form key={format} method="post" action={`/admin/export/${resource.id}.${format}?${params}`}>
          <button type="submit" className="dr-button" aria-label={`Export as ${format.toUpperCase()}`}>
            {format.toUpperCase()}
          </button>
        </form>
      ))}
    </span>
  );
}
