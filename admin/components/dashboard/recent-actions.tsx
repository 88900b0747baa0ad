import React from 'react';
import { Link } from 'react-router-dom';
import type { RecentAction } from '../../dashboard/recent-actions.ts';
import { formatMoment } from '../base/format.ts';
import { inPanel } from '../base/panel-path.ts';
import { say } from '../base/say.ts';

/** What everybody did last, for who may see the log, and what oneself did. */
export function RecentActions({ recent: { own, all } }: { recent: { own: RecentAction[]; all?: RecentAction[] } }) {
  return (
    <>
      {all && all.length > 0 ? (
        <section className="dr-pane" aria-labelledby="dr-recent-all">
          <h2 id="dr-recent-all">{say('What happened last')}</h2>
          <Actions actions={all} />
          <Link className="dr-link" to={inPanel('/resources/log')}>
            {say('All of it, in the log')}
          </Link>
        </section>
      ) : null}
      <section className="dr-pane" aria-labelledby="dr-recent-own">
        <h2 id="dr-recent-own">{say('What you did last')}</h2>
        {own.length > 0 ? (
          <Actions actions={own} isOwn />
        ) : (
          <p className="dr-nothing">{say('Nothing yet. What you change is listed here.')}</p>
        )}
      </section>
    </>
  );
}

function Actions({ actions, isOwn = false }: { actions: RecentAction[]; isOwn?: boolean }) {
  return (
    <ul className="dr-rows">
      {actions.map(({ id, at, who, what, title, to }) => {
        const did = isOwn ? what : `${who} ${what}`;
        const words = title ? `${did}: ${title}` : did;
        return (
          <li key={id}>
            {to ? (
              <Link className="dr-link" to={inPanel(`/resources/${to}`)}>
                {words}
              </Link>
            ) : (
              <span>{words}</span>
            )}
            <time className="dr-small" dateTime={at}>
              {formatMoment(at)}
            </time>
          </li>
        );
      })}
    </ul>
  );
}
