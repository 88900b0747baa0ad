import type { RecordJSON } from 'adminjs';
import React from 'react';
import { readParam } from '../base/read-param.ts';
import { say } from '../base/say.ts';

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
      return { count, text: say.count(count, { one, other: many }) };
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
