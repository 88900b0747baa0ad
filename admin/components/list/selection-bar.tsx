import { type RecordJSON, type ResourceJSON, useTranslation } from 'adminjs';
import React, { useState } from 'react';
import { Link, useSearchParams } from 'react-router-dom';
import { inPanel } from '../base/panel-path.ts';
import { say } from '../base/say.ts';

interface Props {
  resource: ResourceJSON;
  records: RecordJSON[];
  /** All that are on this page are chosen. */
  isWholePage: boolean;
  /** How many match the search and the filters. */
  total: number;
}

/** What can be done with the chosen records, or with all that match. */
export function SelectionBar({ resource, records, isWholePage, total }: Props) {
  const { translateAction } = useTranslation();
  const [params] = useSearchParams();
  const [isAll, setAll] = useState(false);
  const first = records[0];
  if (!first) return null;
  const canTakeAll = isWholePage && total > records.length;
  const takesAll = isAll && canTakeAll;
  // The page of the action wants records to open with: those of a list that is read anew need one alone.
  const recordIds = takesAll ? first.id : records.map(({ id }) => id).join(',');
  const search = new URLSearchParams({ recordIds, ...(takesAll ? { matching: params.toString() } : {}) });
  return (
    <div className="dr-selection" role="status">
      <span>
        {takesAll
          ? say.count(total, { one: '{{count}} that matches is chosen', other: 'All {{count}} that match are chosen' })
          : say.count(records.length, { one: '{{count}} chosen', other: '{{count}} chosen' })}
      </span>
      {canTakeAll ? (
        <button type="button" className="dr-button" onClick={() => setAll(!isAll)}>
          {takesAll
            ? say('Only those on this page')
            : say.count(total, { one: 'Choose the one that matches', other: 'Choose all {{count}} that match' })}
        </button>
      ) : null}
      {first.bulkActions.map((action) => (
        <Link
          key={action.name}
          className={`dr-button${action.variant === 'danger' ? ' dr-danger' : ''}`}
          to={inPanel(`/resources/${resource.id}/bulk/${action.name}?${search}`)}
        >
          {translateAction(action.label, resource.id)}
        </Link>
      ))}
    </div>
  );
}
