import './link-life.css';
import React, { useEffect, useId, useState } from 'react';
import type { LinkBounds } from '../../links/image-links-section.ts';
import { formatDuration, formatMoment } from '../base/format.ts';
import { say } from '../base/say.ts';
import { localText, minutesWithin, secondsUntil } from './until.ts';

/** How long a link is to live: so many seconds, or until a moment, each as it was typed. */
export interface Life {
  by: 'seconds' | 'until';
  seconds: string;
  until: string;
}

const usualSeconds = 3_600;
const tick = 5_000;

export function usualLife({ minSeconds, maxSeconds }: LinkBounds): Life {
  return { by: 'seconds', seconds: String(Math.min(maxSeconds, Math.max(minSeconds, usualSeconds))), until: '' };
}

/** What the server is asked for, or why that would not do. */
export function wishedSeconds(
  { by, seconds, until }: Life,
  bounds: LinkBounds,
  now = new Date(),
): { seconds: string } | { fault: string } {
  if (by === 'seconds') return { seconds: seconds.trim() };
  const wished = secondsUntil(until, now);
  if (wished === null) return { fault: say('Give a date and a time.') };
  if (wished < bounds.minSeconds || wished > bounds.maxSeconds) return { fault: boundsInMoments(bounds, now) };
  return { seconds: String(wished) };
}

interface Props {
  life: Life;
  bounds: LinkBounds;
  error: string | undefined;
  onChange(life: Life): void;
}

/** Asks how long a link lives, and says what that comes to. */
export function LinkLife({ life, bounds, error, onChange }: Props) {
  const id = useId();
  const now = useNow();
  const { first, last } = minutesWithin(bounds, now);
  const choose = (by: Life['by']) => {
    const usual = new Date(Math.max(first.getTime(), Math.min(last.getTime(), now.getTime() + usualSeconds * 1000)));
    onChange({ ...life, by, until: life.until || localText(usual) });
  };
  const isBySeconds = life.by === 'seconds';
  const radio = (by: Life['by'], text: string) => (
    <label>
      <input type="radio" name={`${id}-by`} checked={life.by === by} onChange={() => choose(by)} />
      {text}
    </label>
  );
  const input = {
    id: `${id}-input`,
    className: 'dr-input',
    'aria-invalid': error ? true : undefined,
    'aria-describedby': `${id}-help`,
  };
  return (
    <fieldset className="dr-link-life">
      <legend>{say('Ends')}</legend>
      <div className="dr-radios">
        {radio('seconds', say('after a time'))}
        {radio('until', say('at a date and time'))}
      </div>
      <div className="dr-new-link-field">
        <label htmlFor={input.id}>{isBySeconds ? say('Seconds') : say('Until')}</label>
        {isBySeconds ? (
          <input
            {...input}
            name="expire_time"
            inputMode="numeric"
            autoComplete="off"
            value={life.seconds}
            onChange={(event) => onChange({ ...life, seconds: event.target.value })}
          />
        ) : (
          <input
            {...input}
            name="until"
            type="datetime-local"
            min={localText(first)}
            max={localText(last)}
            value={life.until}
            onChange={(event) => onChange({ ...life, until: event.target.value })}
          />
        )}
        <span id={`${id}-help`} className={error ? 'dr-error' : 'dr-help'}>
          {error ?? (isBySeconds ? boundsInSeconds(bounds) : momentHelp(life.until, bounds, now))}
        </span>
      </div>
    </fieldset>
  );
}

function momentHelp(until: string, bounds: LinkBounds, now: Date): string {
  const seconds = secondsUntil(until, now);
  if (seconds === null || seconds < bounds.minSeconds || seconds > bounds.maxSeconds) {
    return boundsInMoments(bounds, now);
  }
  // As the browser is set; a person far from home may not think of it.
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return say('In {{duration}}. Time zone: {{zone}}.', { duration: formatDuration(toMinutes(seconds)), zone });
}

/** To the minute, as the moment is given; seconds where it is less than two. */
function toMinutes(seconds: number): number {
  return seconds < 120 ? seconds : Math.round(seconds / 60) * 60;
}

function boundsInSeconds({ minSeconds, maxSeconds, tierName }: LinkBounds): string {
  const [least, most] = [formatDuration(minSeconds), formatDuration(maxSeconds)];
  return say('Between {{least}} and {{most}}, by the tier {{tier}}.', { least, most, tier: tierName });
}

function boundsInMoments(bounds: LinkBounds, now: Date): string {
  const { first, last } = minutesWithin(bounds, now);
  const [least, most] = [formatMoment(first.toISOString()), formatMoment(last.toISOString())];
  return say('Between {{least}} and {{most}}, by the tier {{tier}}.', { least, most, tier: bounds.tierName });
}

/** Moves on while the form is looked at: so does what a moment comes to. */
function useNow(): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), tick);
    return () => clearInterval(timer);
  }, []);
  return now;
}
