import { type ActionProps, useCurrentAdmin, useNotice } from 'adminjs';
import React, { type FormEvent, useEffect, useState } from 'react';
import type { TierImpact } from '../../tiers/tier-impact.ts';
import { callAction, noAnswer } from '../base/call-action.ts';
import { formatCount, formatMoment } from '../base/format.ts';
import { say } from '../base/say.ts';
import { useSection } from './use-section.ts';

const pollMilliseconds = 2_000;
const stateWords: Record<string, string> = {
  queued: say('waiting'),
  running: say('at work'),
  done: say('done'),
  failed: say('failed'),
  cancelled: say('cancelled'),
};

/** Whom a tier reaches, how far the work of its last changes is, and the form that gives its users another one. */
export function TierReach(props: ActionProps) {
  const { section, reload } = useSection<TierImpact>(props);
  const isAtWork = section?.jobs.some(({ state }) => state === 'queued' || state === 'running') ?? false;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each answer starts the next wait
  useEffect(() => {
    if (!isAtWork) return;
    const timer = setTimeout(reload, pollMilliseconds);
    return () => clearTimeout(timer);
  }, [section]);
  if (!section) return null;
  const { accounts, images, jobs } = section;
  return (
    <section className="dr-section" aria-label={say('Reach')}>
      <h2>{say('Reach')}</h2>
      <p>
        {say('{{users}} with {{images}}.', {
          users: say.count(accounts, { one: '{{count}} user', other: '{{count}} users' }),
          images: say.count(images, { one: '{{count}} image', other: '{{count}} images' }),
        })}
      </p>
      {jobs.map(({ id, state, done, total, failure, at }) => (
        <p key={id} className="dr-job">
          <span>
            {say('Thumbnails after the change of {{when}}: {{state}}', {
              when: formatMoment(at),
              state: stateWords[state] ?? state,
            })}
            {total === null
              ? ''
              : ` ${say('({{done}} of {{total}} images)', { done: formatCount(done), total: formatCount(total) })}`}
            {failure ? `. ${failure}` : ''}
          </span>
          {state === 'running' || state === 'queued' ? (
            <progress aria-label={say('Progress')} max={total ?? undefined} value={total === null ? undefined : done} />
          ) : null}
        </p>
      ))}
      {accounts > 0 ? <MoveUsers {...props} impact={section} onDone={reload} /> : null}
    </section>
  );
}

interface MoveProps extends ActionProps {
  impact: TierImpact;
  onDone(): void;
}

function MoveUsers({ action, resource, record, impact, onDone }: MoveProps) {
  const [person] = useCurrentAdmin();
  const [to, setTo] = useState('');
  const [isBusy, setBusy] = useState(false);
  const addNotice = useNotice();
  if (!person || impact.otherTiers.length === 0) return null;

  const move = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const target = { resourceId: resource.id, actionName: action.name, recordId: record?.id };
    const answer = await callAction(target, { to }).catch(() => undefined);
    setBusy(false);
    addNotice(answer?.notice ?? noAnswer.notice);
    onDone();
  };
  return (
    <form className="dr-inline-form" onSubmit={move}>
      <label className="dr-label" htmlFor="move-users">
        {say('Give its users the tier')}
      </label>
      <select
        id="move-users"
        className="dr-input dr-select"
        required
        value={to}
        onChange={(event) => setTo(event.target.value)}
      >
        <option value="">{say('Choose…')}</option>
        {impact.otherTiers.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
      <button type="submit" className="dr-button" disabled={isBusy || to === ''}>
        {say.count(impact.accounts, { one: 'Move {{count}} user', other: 'Move {{count}} users' })}
      </button>
    </form>
  );
}
