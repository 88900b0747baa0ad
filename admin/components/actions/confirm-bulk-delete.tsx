import { type ActionProps, type NoticeMessage, useNotice } from 'adminjs';
import React, { useState } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router-dom';
import { callAction } from '../base/call-action.ts';
import { formatCount } from '../base/format.ts';
import { listAddress } from '../base/list-address.ts';
import { mostMatching, useMatching } from '../list/use-matching.ts';
import { RelatedList, relatedCounts } from './related-records.tsx';

const namedAtMost = 100;
const atOnce = 25;

/** Asks before several records go (or are revoked): the chosen ones, or all that a list matches. */
export function ConfirmBulkDelete({ action, resource, records: chosen = [] }: ActionProps) {
  const [done, setDone] = useState<number>();
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const addNotice = useNotice();
  const matching = useMatching(resource.id, params.get('matching'));
  const records = matching?.records ?? chosen;
  const verb = typeof action.custom.verb === 'string' ? action.custom.verb : 'Delete';
  const isHarmless = action.custom.isHarmless === true;
  const goes = relatedCounts(action.custom.goesWithIt, records);
  const keeps = relatedCounts(action.custom.protectedBy, records);
  const list = listAddress(resource.id);
  const isBusy = done !== undefined;

  const confirm = async () => {
    const ids = records.map(({ id }) => id);
    const answers: NoticeMessage[] = [];
    for (let from = 0; from < ids.length; from += atOnce) {
      setDone(from);
      const target = { resourceId: resource.id, actionName: action.name, recordIds: ids.slice(from, from + atOnce) };
      const answer = await callAction(target).catch(() => undefined);
      if (!answer) {
        addNotice({ type: 'error', message: 'The server did not answer. Try again in a moment.' });
        return setDone(undefined);
      }
      if (answer.notice) answers.push(answer.notice);
    }
    addNotice(answers.find(({ type }) => type === 'error') ?? summary(answers, ids.length));
    navigate(list);
  };

  if (matching?.hasFailed) return <div className="dr-form">The list could not be read. Try again in a moment.</div>;
  if (matching && !matching.isRead) {
    return (
      <div className="dr-form" role="status">
        Reading what matches: {formatCount(records.length)}
        {matching.total > 0 ? ` of ${formatCount(matching.total)}` : ''}…
      </div>
    );
  }
  const isCut = matching !== undefined && matching.total > records.length;
  return (
    <div className="dr-form">
      <p className="dr-lead">
        {verb}
        {isHarmless ? ' of' : ''} {records.length === 1 ? 'this one' : `these ${formatCount(records.length)}`}?
        {isHarmless ? '' : ' This cannot be undone.'}
      </p>
      {isCut ? (
        <p>
          {formatCount(matching.total)} match; {formatCount(mostMatching)} are done at once. Come back for the rest.
        </p>
      ) : null}
      <ul className="dr-related">
        {records.slice(0, namedAtMost).map((record) => (
          <li key={record.id}>{record.title}</li>
        ))}
        {records.length > namedAtMost ? <li>and {formatCount(records.length - namedAtMost)} more</li> : null}
      </ul>
      {goes.length > 0 ? <p>Deleted with them:</p> : null}
      <RelatedList counts={goes} />
      {keeps.length > 0 ? <p>What is in use stays:</p> : null}
      <RelatedList counts={keeps} />
      {isBusy && records.length > atOnce ? (
        <label className="dr-label">
          {formatCount(done)} of {formatCount(records.length)}; keep this page open.
          <progress className="dr-meter" value={done} max={records.length} />
        </label>
      ) : null}
      <div className="dr-buttons">
        <button
          type="button"
          className={`dr-button ${isHarmless ? 'dr-primary' : 'dr-danger'}`}
          disabled={isBusy || records.length === 0}
          onClick={confirm}
        >
          Yes, {verb.toLowerCase()}
        </button>
        <Link className="dr-button" to={list}>
          Back
        </Link>
      </div>
    </div>
  );
}

/** The server's own sentence where it was asked once. */
function summary(answers: NoticeMessage[], count: number): NoticeMessage {
  const [first] = answers;
  if (first && answers.length === 1) return first;
  return { type: 'success', message: `Done with all ${formatCount(count)}.` };
}
