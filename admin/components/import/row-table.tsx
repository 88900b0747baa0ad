import React from 'react';
import { say } from '../base/say.ts';
import type { Row } from './send-file.ts';

const mostShown = 200;

/** The rows with their verdicts: what is wrong first, because somebody has to do something about it. */
export function RowTable({ rows }: { rows: Row[] }) {
  const sorted = [...rows].sort((a, b) => order(a) - order(b) || a.line - b.line);
  const shown = sorted.slice(0, mostShown);
  return (
    <div className="dr-scroll">
      <table className="dr-columns-table">
        <thead>
          <tr>
            <th scope="col">{say('Line')}</th>
            <th scope="col">{say('User name')}</th>
            <th scope="col">{say('What happens')}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <tr key={row.line}>
              <td>{row.line}</td>
              <td>{row.username}</td>
              <td>{row.verdict === 'wrong' ? row.problems.join(' ') : verdictWords(row)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > shown.length ? (
        <p className="dr-help">
          {say.count(rows.length - shown.length, { one: 'and {{count}} more', other: 'and {{count}} more' })}
        </p>
      ) : null}
    </div>
  );
}

function order({ verdict }: Row): number {
  return { wrong: 0, exists: 1, new: 2, made: 2 }[verdict];
}

function verdictWords({ verdict, hasPassword }: Row): string {
  if (verdict === 'exists') return say('There is a user with this name already: left alone.');
  if (verdict === 'made') return say('Made.');
  return hasPassword ? say('Will be made.') : say('Will be made, without a password.');
}
