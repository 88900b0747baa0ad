import './images.css';
import type { ActionProps } from 'adminjs';
import React from 'react';
import { Link } from 'react-router-dom';
import type { ImageLinks as Links } from '../../links/image-links-section.ts';
import { inPanel } from '../base/panel-path.ts';
import { say } from '../base/say.ts';
import { useSection } from '../sections/use-section.ts';
import { LinkTable } from './link-table.tsx';
import { NewLink } from './new-link.tsx';

/** The expiring links of an image, and the form for another. */
export function ImageLinks(props: ActionProps) {
  const { section, reload } = useSection<Links>(props);
  if (!section) return null;
  const { links, total, bounds, canRevoke } = section;
  return (
    <section className="dr-section" aria-label={say('Expiring links')}>
      <h2>{say('Expiring links')}</h2>
      {links.length === 0 ? <p className="dr-nothing">{say('No link was made for this image.')}</p> : null}
      {links.length > 0 ? <LinkTable links={links} canRevoke={canRevoke} onChange={reload} /> : null}
      {total > links.length ? (
        <Link className="dr-link" to={inPanel(`/resources/links?filters.imageId=${props.record?.id}`)}>
          {say.count(total, { one: 'All {{count}} link', other: 'All {{count}} links' })}
        </Link>
      ) : null}
      {bounds ? <NewLink {...props} bounds={bounds} onMade={reload} /> : null}
    </section>
  );
}
