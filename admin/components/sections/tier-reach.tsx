import { type ActionProps, useCurrentAdmin, useNotice } from 'adminjs';
import React, { type FormEvent, useEffect, useState } from 'react';
import type { TierImpact } from '../../tiers/tier-impact.ts';
import { callAction } from '../base/call-action.ts';
import { formatCount, formatMoment } from '../base/format.ts';
import { useSection } from './use-section.ts';

const pollMilliseconds = 2_000;
const stateWords: Record<string, string> = {
  queued: 'waiting',
  running: 'at work',
  done: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
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
    <section className="dr-section" aria-label="Reach">
      <h2>Reach</h2>
      <p>
        {formatCount(accounts)} {accounts === 1 ? 'user' : 'users'} with {formatCount(images)}{' '}
        {images === 1 ? 'image' : 'images'}.
      </p>
      {jobs.map(({ id, state, done, total, failure, at }) => (
        <p key={id} className="dr-job">
          <span>
            Thumbnails after the change of {formatMoment(at)}: {stateWords[state] ?? state}
            {total === null ? '' : ` (${formatCount(done)} of ${formatCount(total)} images)`}
            {failure ? `. ${failure}` : ''}
          </span>
          {state === 'running' || state === 'queued' ? (
            <progress aria-label="Progress" max={total ?? undefined} value={total === null ? undefined : done} />
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
    addNotice(answer?.notice ?? { type: 'error', message: 'The server did not answer. Try again in a moment.' });
    onDone();
  };
  return (
    <form className="dr-inline-form" onSubmit={move}>
      <label className="dr-label" htmlFor="move-users">
        Give its users the tier
      </label>
      <select
        id="move-users"
        className="dr-input dr-select"
        required
        value={to}
        onChange={(event) => setTo(event.target.value)}
      >
        <option value="">Choose…</option>
        {impact.otherTiers.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
      <button type="submit" className="dr-button" disabled={isBusy || to === ''}>
        Move {formatCount(impact.accounts)} {impact.accounts === 1 ? 'user' : 'users'}
      </button>
    </form>
  );
}
