import type { ActionProps } from 'adminjs';
import React from 'react';
import { Link } from 'react-router-dom';
import type { RecordHistory as History } from '../../history/record-history.ts';
import { formatMoment } from '../base/format.ts';
import { inPanel } from '../base/panel-path.ts';
import { say } from '../base/say.ts';
import { useSection } from './use-section.ts';

/** Who did what to this record, in words, the newest first. */
export function RecordHistory(props: ActionProps) {
  const { section } = useSection<History>(props);
  if (!section) return null;
  const { entries, hasMore, mayReadLog } = section;
  return (
    <section className="dr-section" aria-label={say('History')}>
      <h2>{say('History')}</h2>
      {entries.length === 0 ? (
        <p className="dr-nothing">{say('Nobody has changed it through the panel yet.')}</p>
      ) : null}
      <ol>
        {entries.map(({ id, at, who, what, changes }) => (
          <li key={id} className="dr-entry">
            <span>
              <strong>{who}</strong> {what}
            </span>
            <time dateTime={at}>{formatMoment(at)}</time>
            {changes.length > 0 ? (
              <ul>
                {changes.map(({ field, from, to }) => (
                  <li key={field}>
                    {field}: {from === '–' ? to : `${from} → ${to}`}
                  </li>
                ))}
              </ul>
            ) : null}
          </li>
        ))}
      </ol>
      {hasMore && !mayReadLog ? <p className="dr-nothing">{say('There are older entries.')}</p> : null}
      {entries.length > 0 && mayReadLog ? (
        <Link className="dr-link" to={inPanel(`/resources/log?filters.recordId=${props.record?.id}`)}>
          {say('All of it, in the log')}
        </Link>
      ) : null}
    </section>
  );
}
