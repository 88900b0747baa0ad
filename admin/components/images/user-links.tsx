import './images.css';
import type { ActionProps } from 'adminjs';
import React from 'react';
import { Link } from 'react-router-dom';
import type { UserLinks as Links } from '../../links/user-links-section.ts';
import { inPanel } from '../base/panel-path.ts';
import { say } from '../base/say.ts';
import { useSection } from '../sections/use-section.ts';
import { LinkTable } from './link-table.tsx';

/** A user's expiring links, the newest. */
export function UserLinks(props: ActionProps) {
  const { section, reload } = useSection<Links>(props);
  if (!section) return null;
  const { links, total, canRevoke } = section;
  return (
    <section className="dr-section" aria-label={say('Expiring links')}>
      <h2>{say('Expiring links')}</h2>
      {links.length === 0 ? <p className="dr-nothing">{say('This user has no links.')}</p> : null}
      {links.length > 0 ? <LinkTable links={links} hasImages canRevoke={canRevoke} onChange={reload} /> : null}
      {total > links.length ? (
        <Link className="dr-link" to={inPanel(`/resources/links?filters.ownerId=${props.record?.id}`)}>
          {say.count(total, { one: 'All {{count}} link', other: 'All {{count}} links' })}
        </Link>
      ) : null}
    </section>
  );
}
