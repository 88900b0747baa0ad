import React, { useId } from 'react';
import { Link } from 'react-router-dom';
import { inPanel } from '../base/panel-path.ts';

interface Share {
  label: string;
  count: number;
  /** What stands beside the bar: the count, and what more there is to say. */
  text: string;
  /** Below the panel's root. */
  to: string;
}

/** Parts of a whole, each with its bar, its number and the way to it. */
export function ShareBars({ title, shares }: { title: string; shares: Share[] }) {
  const heading = useId();
  const all = shares.reduce((sum, { count }) => sum + count, 0);
  return (
    <section className="dr-pane" aria-labelledby={heading}>
      <h2 id={heading}>{title}</h2>
      <ul className="dr-shares">
        {shares.map(({ label, count, text, to }) => (
          <li key={to}>
            <Link className="dr-link" to={inPanel(to)}>
              {label}
            </Link>
            <span>{text}</span>
            <svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true" focusable="false">
              <rect className="dr-bar-ground" width="100" height="1" />
              {count > 0 ? <rect className="dr-bar" width={Math.max(0.6, (100 * count) / all)} height="1" /> : null}
            </svg>
          </li>
        ))}
      </ul>
    </section>
  );
}
