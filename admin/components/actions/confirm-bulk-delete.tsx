import { type ActionJSON, type ActionProps, type NoticeMessage, useNotice, useTranslation } from 'adminjs';
import React, { useState } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router-dom';
import { callAction, noAnswer } from '../base/call-action.ts';
import { formatCount } from '../base/format.ts';
import { listAddress } from '../base/list-address.ts';
import { say } from '../base/say.ts';
import { mostMatching, useMatching } from '../list/use-matching.ts';
import { GoingList, KeepingList } from './deletion-lists.tsx';
import { useDeletionPlan } from './use-deletion-plan.ts';

const namedAtMost = 20;
const atOnce = 25;

/** Asks before several records go (or are revoked): the chosen ones, or all that a list matches. */
export function ConfirmBulkDelete({ action, resource, records: chosen = [] }: ActionProps) {
  const [done, setDone] = useState<number>();
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const addNotice = useNotice();
  const { translateAction } = useTranslation();
  const matching = useMatching(resource.id, params.get('matching'));
  const records = matching?.records ?? chosen;
  const verb = translateAction(action.label, resource.id);
  const isDelete = action.name === 'bulkDelete';
  const isHarmless = action.custom.isHarmless === true;
  const isRead = matching === undefined || matching.isRead;
  const plan = useDeletionPlan(
    resource.id,
    records.map(({ id }) => id),
    isDelete && isRead,
  );
  const { goes, keeps } = plan ?? { goes: [], keeps: [] };
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
        addNotice(noAnswer.notice);
        return setDone(undefined);
      }
      if (answer.notice) answers.push(answer.notice);
    }
    addNotice(answers.find(({ type }) => type === 'error') ?? summary(answers, ids.length));
    navigate(list);
  };

  if (matching?.hasFailed)
    return <div className="dr-form">{say('The list could not be read. Try again in a moment.')}</div>;
  if (matching && !matching.isRead) {
    return (
      <div className="dr-form" role="status">
        {matching.total > 0
          ? say('Reading what matches: {{done}} of {{total}}…', {
              done: formatCount(records.length),
              total: formatCount(matching.total),
            })
          : say('Reading what matches…')}
      </div>
    );
  }
  const isCut = matching !== undefined && matching.total > records.length;
  return (
    <div className="dr-form">
      <p className="dr-lead">{question(action, verb, records.length)}</p>
      {isCut ? (
        <p>
          {say('{{total}} match; {{most}} are done at once. Come back for the rest.', {
            total: formatCount(matching.total),
            most: formatCount(mostMatching),
          })}
        </p>
      ) : null}
      <ul className="dr-related">
        {records.slice(0, namedAtMost).map((record) => (
          <li key={record.id}>{record.title}</li>
        ))}
        {records.length > namedAtMost ? (
          <li>{say.count(records.length - namedAtMost, { one: 'and {{count}} more', other: 'and {{count}} more' })}</li>
        ) : null}
      </ul>
      {goes.length > 0 ? <p>{say('Deleted with them:')}</p> : null}
      <GoingList goes={goes} />
      {keeps.length > 0 ? <p>{say('These stay:')}</p> : null}
      <KeepingList keeps={keeps} isNamed={true} />
      {plan === null ? <p role="alert">{say('What goes with them could not be read.')}</p> : null}
      {isBusy && records.length > atOnce ? (
        <label className="dr-label">
          {say('{{done}} of {{total}}; keep this page open.', {
            done: formatCount(done),
            total: formatCount(records.length),
          })}
          <progress className="dr-meter" value={done} max={records.length} />
        </label>
      ) : null}
      <div className="dr-buttons">
        <button
          type="button"
          className={`dr-button ${isHarmless ? 'dr-primary' : 'dr-danger'}`}
          disabled={isBusy || records.length <= keeps.length || (isDelete && plan === undefined)}
          onClick={confirm}
        >
          {isDelete ? say('Yes, delete') : say('Yes: {{action}}', { action: verb })}
        </button>
        <Link className="dr-button" to={list}>
          {say('Back')}
        </Link>
      </div>
    </div>
  );
}

function question(action: ActionJSON, verb: string, count: number): string {
  if (action.name === 'bulkDelete') {
    return say.count(count, {
      one: 'Delete this one? This cannot be undone.',
      other: 'Delete these {{count}}? This cannot be undone.',
    });
  }
  if (action.custom.isHarmless === true) {
    return say.count(count, { one: '{{action}}: this one?', other: '{{action}}: these {{count}}?' }, { action: verb });
  }
  return say.count(
    count,
    {
      one: '{{action}}: this one? This cannot be undone.',
      other: '{{action}}: these {{count}}? This cannot be undone.',
    },
    { action: verb },
  );
}

/** The server's own sentence where it was asked once. */
function summary(answers: NoticeMessage[], count: number): NoticeMessage {
  const [first] = answers;
  if (first && answers.length === 1) return first;
  return {
    type: 'success',
    message: say.count(count, { one: 'Done with all {{count}}.', other: 'Done with all {{count}}.' }),
  };
}
