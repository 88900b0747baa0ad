import { type ActionProps, useNotice } from 'adminjs';
import React, { type FormEvent, useId, useState } from 'react';
import type { LinkBounds } from '../../links/image-links-section.ts';
import { CopyField } from '../actions/copy-field.tsx';
import { type Answer, callAction, noAnswer } from '../base/call-action.ts';
import { formatDuration } from '../base/format.ts';
import { say } from '../base/say.ts';

interface Props extends ActionProps {
  bounds: LinkBounds;
  onMade(): void;
}

/** A form for an expiring link, within what the owner's tier allows; the link is shown once. */
export function NewLink({ bounds, onMade, action, resource, record }: Props) {
  const [seconds, setSeconds] = useState(String(Math.min(bounds.maxSeconds, Math.max(bounds.minSeconds, 3_600))));
  const [uses, setUses] = useState('');
  const [height, setHeight] = useState('');
  const [url, setUrl] = useState<string>();
  const [problem, setProblem] = useState<Answer['problem']>();
  const [isBusy, setBusy] = useState(false);
  const addNotice = useNotice();
  const id = useId();
  if (!bounds.isActive) return <p className="dr-help">{say('The owner is inactive: links would not open.')}</p>;
  if (!bounds.isAllowed) {
    return (
      <p className="dr-help">
        {say('The tier {{tier}} of the owner does not include expiring links.', { tier: bounds.tierName })}
      </p>
    );
  }

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const target = { resourceId: resource.id, actionName: action.name, recordId: record?.id };
    const wish = { expire_time: seconds.trim(), max_uses: uses.trim(), height };
    const answer = (await callAction(target, wish).catch(() => undefined)) as
      | (Answer & { section?: { url: string } })
      | undefined;
    setBusy(false);
    setProblem(answer?.problem);
    setUrl(answer?.section?.url);
    addNotice(answer?.notice ?? noAnswer.notice);
    if (answer?.section) onMade();
  };
  const errorOf = (name: string) => problem?.errors.find(({ path }) => path === name)?.message;
  const help = say('Between {{least}} and {{most}}, by the tier {{tier}}.', {
    least: formatDuration(bounds.minSeconds),
    most: formatDuration(bounds.maxSeconds),
    tier: bounds.tierName,
  });
  const field = (name: string, label: string, value: string, onChange: (text: string) => void, hint?: string) => (
    <div className="dr-new-link-field">
      <label htmlFor={`${id}-${name}`}>{label}</label>
      <input
        id={`${id}-${name}`}
        className="dr-input"
        name={name}
        inputMode="numeric"
        autoComplete="off"
        value={value}
        aria-invalid={errorOf(name) ? true : undefined}
        aria-describedby={`${id}-${name}-help`}
        onChange={(event) => onChange(event.target.value)}
      />
      <span id={`${id}-${name}-help`} className={errorOf(name) ? 'dr-error' : 'dr-help'}>
        {errorOf(name) ?? hint}
      </span>
    </div>
  );

  return (
    <>
      <form className="dr-new-link" onSubmit={submit} noValidate aria-label={say('New expiring link')}>
        {field('expire_time', say('Seconds'), seconds, setSeconds, help)}
        {field('max_uses', say('Uses allowed'), uses, setUses, say('Empty: no limit.'))}
        <div className="dr-new-link-field">
          <label htmlFor={`${id}-height`}>{say('Opens')}</label>
          <select
            id={`${id}-height`}
            className="dr-input dr-select"
            name="height"
            value={height}
            onChange={(event) => setHeight(event.target.value)}
          >
            <option value="">{say('the original')}</option>
            {bounds.heights.map((pixels) => (
              <option key={pixels} value={pixels}>
                {say('{{height}} px', { height: pixels })}
              </option>
            ))}
          </select>
          <span className="dr-error">{errorOf('height')}</span>
        </div>
        <button type="submit" className="dr-button" disabled={isBusy}>
          {say('Make a link')}
        </button>
      </form>
      {url ? <CopyField key={url} label={say('The new link')} text={url} /> : null}
    </>
  );
}
