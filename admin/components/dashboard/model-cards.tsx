import React, { type ReactNode } from 'react';
import { Link } from 'react-router-dom';
import type { Dashboard } from '../../pages/dashboard.ts';
import { formatBytes, formatCount } from '../base/format.ts';
import { inPanel } from '../base/panel-path.ts';
import { say } from '../base/say.ts';

/** Each kind of record: how many there are, the way to them, and the way to a new one. */
export function ModelCards({ page: { counts, users, images, links, may } }: { page: Dashboard }) {
  return (
    <div className="dr-cards">
      <Card id="images" title={say('Images')} count={counts.images} add={may.includes('images.add') && 'upload'}>
        {images ? (
          <>
            <Line>{say('{{size}} stored', { size: formatBytes(images.bytes) })}</Line>
            <Line>
              {say.count(images.uploadedToday, {
                one: '{{count}} upload in the last 24 hours',
                other: '{{count}} uploads in the last 24 hours',
              })}
            </Line>
          </>
        ) : null}
      </Card>
      <Card id="users" title={say('Users')} count={counts.users} add={may.includes('users.add') && 'new'}>
        {users ? (
          <>
            <Line>{say.count(users.active, { one: '{{count}} is active', other: '{{count}} are active' })}</Line>
            <Line>
              {say.count(users.joinedThisWeek, { one: '{{count}} new this week', other: '{{count}} new this week' })}
            </Line>
          </>
        ) : null}
      </Card>
      <Card id="links" title={say('Expiring links')} count={counts.links}>
        {links ? (
          <Line>{say.count(links.live, { one: '{{count}} opens now', other: '{{count}} open now' })}</Line>
        ) : null}
      </Card>
      <Card id="tiers" title={say('Tiers')} count={counts.tiers} add={may.includes('tiers.add') && 'new'} />
      <Card id="groups" title={say('Groups')} count={counts.groups} add={may.includes('groups.add') && 'new'} />
      <Card id="log" title={say('Log')} count={counts.log} />
    </div>
  );
}

interface CardProps {
  id: string;
  title: string;
  /** Undefined for who may not see them: then there is no card. */
  count: number | undefined;
  /** The action that makes one. */
  add?: string | false;
  children?: ReactNode;
}

function Card({ id, title, count, add, children }: CardProps) {
  if (count === undefined) return null;
  return (
    <div className="dr-card">
      <Link className="dr-card-title" to={inPanel(`/resources/${id}`)}>
        {title}
      </Link>
      <strong>{formatCount(count)}</strong>
      {children}
      {add ? (
        <Link className="dr-card-add" to={inPanel(`/resources/${id}/actions/${add}`)}>
          <span aria-hidden="true">+ </span>
          {say('Add')}
          <span className="dr-hidden"> · {title}</span>
        </Link>
      ) : null}
    </div>
  );
}

function Line({ children }: { children: ReactNode }) {
  return <span className="dr-card-text">{children}</span>;
}
