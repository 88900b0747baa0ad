import type { RecordJSON } from 'adminjs';
import React from 'react';
import { formatCount } from '../base/format.ts';
import { readParam } from '../base/read-param.ts';

export interface Related {
  field: string;
  one: string;
  many: string;
}

/** How many of each kind there are, over all records. */
export function relatedCounts(related: unknown, records: RecordJSON[]): { text: string; count: number }[] {
  return ((related ?? []) as Related[])
    .map(({ field, one, many }) => {
      const count = records.reduce((sum, record) => sum + Number(readParam(record, field) ?? 0), 0);
      return { count, text: `${formatCount(count)} ${count === 1 ? one : many}` };
    })
    .filter(({ count }) => count > 0);
}

export function RelatedList({ counts }: { counts: { text: string }[] }) {
  return (
    <ul className="dr-related">
      {counts.map(({ text }) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  );
}
