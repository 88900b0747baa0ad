import React, { type ReactNode } from 'react';
import type { ThumbnailWork as Work } from '../../dashboard/thumbnail-work.ts';
import { formatCount, formatMoment } from '../base/format.ts';
import { say } from '../base/say.ts';

/** Whether thumbnails are made, and what waits for it. */
export function ThumbnailWork({ work }: { work: Work }) {
  const { sweep, storeRefuses, waiting, inVain, overdueSince, jobs } = work;
  return (
    <section className="dr-pane" aria-labelledby="dr-work">
      <h2 id="dr-work">{say('Thumbnails')}</h2>
      <dl className="dr-work">
        <Fact name={say('The function')} isWell={work.function.status !== 'down'}>
          {functionInWords(work.function)}
        </Fact>
        <Fact name={say('The sweep')} isWell={sweep.faults.length === 0}>
          {sweepInWords(sweep)}
          {sweep.faults.map(({ part, detail }) => (
            <span key={part} className="dr-small">
              {[partInWords(part), detail].filter(Boolean).join(': ')}
            </span>
          ))}
        </Fact>
        <Fact name={say('The object store')} isWell={storeRefuses.length === 0}>
          {storeRefuses.length === 0 ? say('refuses nothing') : say('refuses what the service needs; see the log')}
          {storeRefuses.map(({ what, detail }) => (
            <span key={what} className="dr-small">
              {[what, detail].filter(Boolean).join(': ')}
            </span>
          ))}
        </Fact>
        <Fact name={say('Waiting')} isWell={overdueSince === null}>
          {say.count(waiting, { one: '{{count}} image', other: '{{count}} images' })}
          {overdueSince ? (
            <span className="dr-small">{say('overdue since {{moment}}', { moment: formatMoment(overdueSince) })}</span>
          ) : null}
        </Fact>
        <Fact name={say('Asked for in vain')} isWell={inVain === 0}>
          {inVain > 0
            ? say.count(inVain, {
                one: '{{count}} image; it is tried again by itself',
                other: '{{count}} images; they are tried again by themselves',
              })
            : say('none')}
        </Fact>
        <Fact name={say('Jobs that run or wait')} isWell>
          {formatCount(jobs)}
        </Fact>
      </dl>
    </section>
  );
}

function Fact({ name, isWell, children }: { name: string; isWell: boolean; children: ReactNode }) {
  return (
    <div className={isWell ? undefined : 'dr-ill'}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function functionInWords({ status, detail, queued }: Work['function']): ReactNode {
  const words = { ok: say('works'), down: say('does not work'), unknown: say('has not been needed yet') };
  return (
    <>
      {words[status]}
      {detail ? <span className="dr-small">{detail}</span> : null}
      {queued ? (
        <span className="dr-small">
          {say.count(queued, { one: '{{count}} runs or waits', other: '{{count}} run or wait' })}
        </span>
      ) : null}
    </>
  );
}

function sweepInWords({ lastRunAt, faults }: Work['sweep']): string {
  if (faults.length > 0) return say('does not work; it goes on trying');
  return lastRunAt ? say('last looked at {{moment}}', { moment: formatMoment(lastRunAt) }) : say('has not looked yet');
}

function partInWords(part: string): string {
  switch (part) {
    case 'images':
      return say('images that wait');
    case 'uploads':
      return say('uploads that broke off');
    case 'tombstones':
      return say('objects of deleted images');
    default:
      return say('what has run out');
  }
}
