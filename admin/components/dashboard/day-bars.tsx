import React from 'react';
import { say } from '../base/say.ts';

interface Bar {
  day: string;
  value: number;
  text: string;
}

const step = 10;
const gap = 2;
const height = 100;

/** One bar a day. Whoever cannot see it hears the sum and the most; the numbers are in the table below it. */
export function DayBars({ title, bars }: { title: string; bars: Bar[] }) {
  const most = bars.reduce((best, bar) => (bar.value > best.value ? bar : best), { day: '', value: 0, text: '0' });
  const width = bars.length * step;
  const summary =
    most.value > 0
      ? say('{{sum}}; the most on {{day}}: {{most}}', { sum: title, day: most.day, most: most.text })
      : say('{{sum}} in 30 days', { sum: title });
  return (
    <figure className="dr-chart">
      <figcaption>
        <strong>{title}</strong>
        {most.value > 0 ? <span>{say('at most {{most}} a day', { most: most.text })}</span> : null}
      </figcaption>
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={summary}>
        {bars.map(({ day, value, text }, index) => {
          const tall = most.value > 0 ? (value / most.value) * (height - 2) : 0;
          return (
            <g key={day}>
              <title>{`${day}: ${text}`}</title>
              <rect className="dr-bar-ground" x={index * step} width={step - gap} height={height} />
              <rect
                className="dr-bar"
                x={index * step}
                y={height - Math.max(value > 0 ? 1.5 : 0, tall)}
                width={step - gap}
                height={Math.max(value > 0 ? 1.5 : 0, tall)}
              />
            </g>
          );
        })}
      </svg>
      <div className="dr-chart-ends" aria-hidden="true">
        <span>{bars[0]?.day}</span>
        <span>{bars.at(-1)?.day}</span>
      </div>
    </figure>
  );
}
