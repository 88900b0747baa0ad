import React from 'react';
import { readList } from '../base/read-param.ts';
import { say } from '../base/say.ts';
import { Nothing, type ValueProps } from './value-frame.tsx';

interface Change {
  field: string;
  from: string;
  to: string;
}

/** What an entry of the log changed, from what to what. */
export function Changes({ record, property }: ValueProps) {
  const changes = readList<Change>(record, property.path);
  if (changes.length === 0) return <Nothing word={say('nothing else to tell')} />;
  return (
    <table className="dr-changes">
      <thead>
        <tr>
          <th scope="col">{say('Field')}</th>
          <th scope="col">{say('Before')}</th>
          <th scope="col">{say('After')}</th>
        </tr>
      </thead>
      <tbody>
        {changes.map(({ field, from, to }) => (
          <tr key={field}>
            <th scope="row">{field}</th>
            <td>{from}</td>
            <td>{to}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
