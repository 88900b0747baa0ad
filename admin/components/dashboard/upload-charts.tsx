import React from 'react';
import { Link } from 'react-router-dom';
import type { Figures } from '../../dashboard/figures.ts';
import { formatBytes, formatCount } from '../base/format.ts';
import { locale } from '../base/locale.ts';
import { inPanel } from '../base/panel-path.ts';
import { say } from '../base/say.ts';
import { DayBars } from './day-bars.tsx';

type Day = NonNullable<Figures['uploads']>[number];

/** What was uploaded on each of the last thirty days: as bars, and as a table for who reads numbers. */
export function UploadCharts({ days }: { days: Day[] }) {
  const images = days.reduce((sum, day) => sum + day.images, 0);
  const bytes = days.reduce((sum, day) => sum + day.bytes, 0);
  return (
    <section className="dr-pane" aria-labelledby="dr-uploads">
      <h2 id="dr-uploads">{say('Uploads of the last 30 days')}</h2>
      <div className="dr-charts">
        <DayBars
          title={say.count(images, { one: '{{count}} image', other: '{{count}} images' })}
          bars={days.map((day) => ({ day: inWords(day.day), value: day.images, text: formatCount(day.images) }))}
        />
        <DayBars
          title={formatBytes(bytes)}
          bars={days.map((day) => ({ day: inWords(day.day), value: day.bytes, text: formatBytes(day.bytes) }))}
        />
      </div>
      <details className="dr-chart-table">
        <summary>{say('As a table')}</summary>
        <div className="dr-chart-scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">{say('Day (UTC)')}</th>
                <th scope="col">{say('Images')}</th>
                <th scope="col">{say('Size')}</th>
              </tr>
            </thead>
            <tbody>
              {days.toReversed().map((day) => (
                <tr key={day.day}>
                  <th scope="row">
                    <Link className="dr-link" to={inPanel(`/resources/images?filters.createdAt.in=${day.day}`)}>
                      {inWords(day.day)}
                    </Link>
                  </th>
                  <td>{formatCount(day.images)}</td>
                  <td>{formatBytes(day.bytes)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
      <p className="dr-small">{say('Images that were deleted since are not counted. Days are in UTC.')}</p>
    </section>
  );
}

function inWords(day: string): string {
  return new Date(`${day}T00:00:00Z`).toLocaleDateString(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' });
}
