import { ApiClient } from 'adminjs';
import React, { type ReactNode, useEffect, useState } from 'react';
import { Link } from 'react-router-dom';
import { actionInWords } from '../../history/audit-words.ts';
import type { Dashboard as Figures } from '../../pages/dashboard.ts';
import { formatBytes, formatCount, formatMoment } from '../base/format.ts';
import { say } from '../base/say.ts';

/** The start page: what there is, what needs somebody, what to do first. */
export function Dashboard() {
  const [figures, setFigures] = useState<Figures>();
  useEffect(() => {
    document.title = 'Start · Darkroom';
    new ApiClient()
      .getDashboard<Figures>()
      .then(({ data }) => setFigures(data))
      .catch(() => setFigures({ may: [] }));
  }, []);
  if (!figures) return <div className="dr-dashboard" aria-busy="true" />;
  const { users, images, tiers, links, recent, may } = figures;
  const canSeeNothing = !users && !images && !tiers && !links && !recent;

  return (
    <div className="dr-dashboard">
      <h1>Darkroom</h1>
      {canSeeNothing ? (
        <p className="dr-lead">You may enter this panel, and have no permission yet. A superuser can give you some.</p>
      ) : null}
      {images && images.failed > 0 ? (
        <p className="dr-banner">
          {formatCount(images.failed)} {images.failed === 1 ? 'image has' : 'images have'} no thumbnails because making
          them failed.{' '}
          <Link className="dr-link" to="/admin/resources/images?filters.status=failed">
            Look at them
          </Link>
        </p>
      ) : null}
      <div className="dr-cards">
        {images ? (
          <Card to="images" title="Images" figure={formatCount(images.total)}>
            {formatBytes(images.bytes)} stored · {formatCount(images.uploadedToday)} in the last 24 hours
            {images.processing > 0 ? ` · ${formatCount(images.processing)} being made` : ''}
          </Card>
        ) : null}
        {users ? (
          <Card to="users" title="Users" figure={formatCount(users.total)}>
            {formatCount(users.active)} active · {formatCount(users.joinedThisWeek)} new this week
          </Card>
        ) : null}
        {tiers ? (
          <Card to="tiers" title="Tiers" figure={formatCount(tiers.length)}>
            {tiers.map(({ name, accounts }) => `${name} ${formatCount(accounts)}`).join(' · ')}
          </Card>
        ) : null}
        {links ? (
          <Card to="links" title="Expiring links" figure={formatCount(links.live)}>
            live at this moment
          </Card>
        ) : null}
      </div>
      {users && users.total <= 1 && may.includes('users.add') ? (
        <FirstSteps hasImages={(images?.total ?? 0) > 0} />
      ) : null}
      {recent && recent.length > 0 ? (
        <section className="dr-recent">
          <h2>What happened last</h2>
          <ul>
            {recent.map(({ id, at, actorName, action, recordTitle }) => (
              <li key={id}>
                <Link className="dr-link" to={`/admin/resources/log/records/${id}/show`}>
                  {actorName || (action === 'login_failed' ? 'Somebody' : 'Darkroom')} · {actionInWords(action, say)}{' '}
                  {recordTitle === actorName ? '' : recordTitle}
                </Link>
                <time dateTime={at}>{formatMoment(at)}</time>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
    </div>
  );
}

function Card({ to, title, figure, children }: { to: string; title: string; figure: string; children: ReactNode }) {
  return (
    <Link className="dr-card" to={`/admin/resources/${to}`}>
      <span className="dr-card-title">{title}</span>
      <strong>{figure}</strong>
      <span className="dr-card-text">{children}</span>
    </Link>
  );
}

function FirstSteps({ hasImages }: { hasImages: boolean }) {
  return (
    <section className="dr-steps">
      <h2>First steps</h2>
      <ol>
        <li>
          <Link className="dr-link" to="/admin/resources/tiers">
            Look at the tiers
          </Link>{' '}
          and make them say what your users may do.
        </li>
        <li>
          <Link className="dr-link" to="/admin/resources/users/actions/new">
            Make a user
          </Link>{' '}
          for somebody who is going to upload.
        </li>
        {hasImages ? null : (
          <li>
            Upload a first image:{' '}
            <a className="dr-link" href="/docs">
              the API’s page
            </a>{' '}
            shows how.
          </li>
        )}
      </ol>
    </section>
  );
}
