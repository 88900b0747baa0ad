import { readFileSync, writeFileSync } from 'node:fs';
import type { Counts } from './counts.ts';
import type { ProcessorTime } from './processes.ts';
import type { RowResult } from './rows/row.ts';

interface BaselineRow {
  counts?: Counts;
  /** By the name of the line; only those with a reference. */
  ratios?: Record<string, number>;
  processorMilliseconds?: ProcessorTime;
}

const file = new URL('./baseline.json', import.meta.url);

export function readBaseline(): Record<string, BaselineRow> {
  return JSON.parse(readFileSync(file, 'utf8'));
}

const rounded = (value: number) => Number(value.toPrecision(3));

/** Keeps what these rows show; what they do not show stays. */
export function writeBaseline(rows: RowResult[]): void {
  const baseline = readBaseline();
  for (const { name, lines, processor, counts } of rows) {
    const ratios = lines.flatMap(({ what, ratio }) => (ratio === null ? [] : [[what, rounded(ratio)]]));
    baseline[name] = {
      ...baseline[name],
      ...(counts && { counts }),
      ...(ratios.length > 0 && { ratios: Object.fromEntries(ratios) }),
      ...(processor && {
        processorMilliseconds: {
          server: rounded(processor.server),
          postgres: rounded(processor.postgres),
          function: rounded(processor.function),
        },
      }),
    };
  }
  writeFileSync(file, `${JSON.stringify(baseline, null, 2)}\n`);
}

/** What asks for more than it did; sentences for a person. */
export function growthAgainst(
  baseline: Record<string, BaselineRow>,
  rows: Pick<RowResult, 'name' | 'counts'>[],
): string[] {
  return rows.flatMap(({ name, counts }) => {
    const before = baseline[name]?.counts;
    if (!counts) return [];
    if (!before) return [`${name} has no counts in bench/baseline.json.`];
    return (Object.keys(counts) as (keyof Counts)[])
      .filter((what) => counts[what] > before[what])
      .map((what) => `${name}: ${counts[what]} ${what} for each request; bench/baseline.json has ${before[what]}.`);
  });
}
