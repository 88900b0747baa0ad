import { type ActionProps, useNotice } from 'adminjs';
import React, { type FormEvent, useId, useState } from 'react';
import type { LinkBounds } from '../../links/image-links-section.ts';
import { CopyField } from '../actions/copy-field.tsx';
import { type Answer, callAction, noAnswer } from '../base/call-action.ts';
import { say } from '../base/say.ts';
import { LinkLife, usualLife, wishedSeconds } from './link-life.tsx';

interface Props extends ActionProps {
  bounds: LinkBounds;
  onMade(): void;
}

/** A form for an expiring link, within what the owner's tier allows; the link is shown once. */
export function NewLink({ bounds, onMade, action, resource, record }: Props) {
  const [life, setLife] = useState(() => usualLife(bounds));
  const [lifeFault, setLifeFault] = useState<string>();
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
    const wished = wishedSeconds(life, bounds);
    setLifeFault('fault' in wished ? wished.fault : undefined);
    if ('fault' in wished) return;
    setBusy(true);
    const target = { resourceId: resource.id, actionName: action.name, recordId: record?.id };
    const wish = { expire_time: wished.seconds, max_uses: uses.trim(), height };
    const answer = (await callAction(target, wish).catch(() => undefined)) as
      | (Answer & { section?: { url: string } })
      | undefined;
    setBusy(false);
    setProblem(answer?.problem);
    setLifeFault(answer?.problem?.errors.find(({ path }) => path === 'expire_time')?.message);
    setUrl(answer?.section?.url);
    addNotice(answer?.notice ?? noAnswer.notice);
    if (answer?.section) onMade();
  };
  const errorOf = (name: string) => problem?.errors.find(({ path }) => path === name)?.message;
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
        <LinkLife
          life={life}
          bounds={bounds}
          error={lifeFault}
          onChange={(changed) => {
            setLife(changed);
            setLifeFault(undefined);
          }}
        />
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
