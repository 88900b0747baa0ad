import type { Line, RowResult } from './rows/row.ts';

const figure = (value: number) =>
  value >= 1000
    ? Math.round(value).toLocaleString('en-US')
    : value >= 100
      ? value.toFixed(0)
      : value >= 10
        ? value.toFixed(1)
        : value.toFixed(2);

const head = [
  'work',
  'value',
  'reference',
  'ratio',
  'target',
  'met',
  'spread',
  'p50/p95 ms',
  'CPU ms: server, PostgreSQL, function',
  'statements, commits, fsyncs',
];

function cells(row: RowResult, line: Line, isFirst: boolean): string[] {
  const { p50, p95, processor, counts } = row;
  return [
    isFirst ? `${row.title}: ${line.what}` : `  ${line.what}`,
    `${figure(line.value)} ${line.unit}`,
    line.reference === null ? '' : figure(line.reference),
    line.ratio === null ? '' : line.ratio.toFixed(2),
    line.target,
    line.isMet === null ? '' : line.isMet ? 'yes' : 'NO',
    line.spread === null ? '' : `${Math.round(line.spread * 100)} %`,
    isFirst && p50 !== null && p95 !== null ? `${figure(p50)}/${figure(p95)}` : '',
    isFirst && processor
      ? `${figure(processor.server)}, ${figure(processor.postgres)}, ${figure(processor.function)}`
      : '',
    isFirst && counts ? `${counts.statements}, ${counts.commits}, ${counts.syncs}` : '',
  ];
}

/** One table, a line for each figure; also good as Markdown. */
export function tableOf(rows: RowResult[]): string {
  const all = [head, ...rows.flatMap((row) => row.lines.map((line, at) => cells(row, line, at === 0)))];
  const widths = head.map((_, column) => Math.max(...all.map((cell) => cell[column]?.length ?? 0)));
  const text = (cell: string[]) => `| ${cell.map((one, column) => one.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  const [first, ...others] = all;
  return [text(first ?? []), rule, ...others.map(text)].join('\n');
}
