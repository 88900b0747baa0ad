import './related.css';
import { type RecordJSON, useTranslation } from 'adminjs';
import React, { type ReactNode } from 'react';
import { Link } from 'react-router-dom';
import { formatCount } from '../base/format.ts';
import { limitsOf } from '../base/limits.ts';
import { inPanel } from '../base/panel-path.ts';
import { say } from '../base/say.ts';
import { QuickBar } from '../list/quick-bar.tsx';
import { useQuickEdit } from '../list/use-quick-edit.ts';
import { RelatedTable } from './related-table.tsx';
import type { Related } from './use-related.ts';

interface Props {
  /** Whose page it is. */
  parent: RecordJSON;
  related: Related;
  children?: ReactNode;
}

/** The records that belong to one, the first of them as a table, and the ways to all of them and to another. */
export function RelatedSection({ parent, related, children }: Props) {
  const { inline, resource, records, total, reload } = related;
  const { translateLabel, translateAction } = useTranslation();
  const quick = useQuickEdit(resource, records, reload);
  const list = inPanel(`/resources/${resource.id}`);
  const mayAdd = inline.chosenIn !== undefined && limitsOf(parent).isBeyond !== true;
  const add = mayAdd ? resource.resourceActions.find(({ name }) => name === 'new') : undefined;
  const heading = translateLabel(resource.name, resource.id);
  return (
    <section className="dr-section" aria-label={heading}>
      <div className="dr-related-head">
        <h2>
          {heading} <span className="dr-chip dr-chip-plain">{formatCount(total)}</span>
        </h2>
        {total > 0 ? <QuickBar quick={quick} /> : null}
      </div>
      {total === 0 ? <p className="dr-nothing">{say('There are none.')}</p> : null}
      {total > 0 ? <RelatedTable parent={parent} related={related} quick={quick} /> : null}
      <div className="dr-related-ways">
        {total > 0 ? (
          <Link className="dr-link" to={`${list}?filters.${inline.filter}=${parent.id}`}>
            {total > records.length
              ? say('Show all {{count}}', { count: formatCount(total) })
              : say('Show them in the list')}
          </Link>
        ) : null}
        {add ? (
          <Link className="dr-button" to={`${list}/actions/new?${inline.chosenIn}=${parent.id}`}>
            {translateAction(add.label, resource.id)}
          </Link>
        ) : null}
      </div>
      {children}
    </section>
  );
}
