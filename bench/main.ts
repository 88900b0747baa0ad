import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { projectRoot } from '../server/project-root.ts';
import { growthAgainst, readBaseline, writeBaseline } from './baseline.ts';
import { type Bench, openBench } from './bench.ts';
import { whileCounting } from './counts.ts';
import { measureGrowth } from './growth.ts';
import { busyShare } from './machine.ts';
import { countRow, measureRow, warmOnce } from './measure.ts';
import { tableOf } from './report.ts';
import { parts } from './rows/parts.ts';
import { requestRows } from './rows/requests.ts';
import type { Effort, Line, Row, RowResult } from './rows/row.ts';
import { wholeRows } from './rows/whole.ts';

interface Options {
  json?: boolean;
  busy?: boolean;
  countsOnly?: boolean;
  check?: boolean;
  writeBaseline?: boolean;
  statements?: boolean;
  repeats: string;
  seconds: string;
  root: string;
  directory: string;
}

/** Above this share of the processors, figures are those of the others. */
const quietShare = 0.15;
const allRows = [...requestRows, ...wholeRows];
const varying = new Set(allRows.filter(({ countsVary }) => countsVary).map(({ name }) => name));
/** A series of measurements, drawn into docs/growth.svg. */
const growth = 'growth';

const say = (text: string) => process.stderr.write(`${text}\n`);

async function run(names: string[], options: Options): Promise<void> {
  const known = [...allRows.map(({ name }) => name), growth, ...parts.map(({ name }) => name)];
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`There is no ${unknown.join(', ')}. Rows: ${known.join(', ')}.`);
  const rows = names.length === 0 ? allRows : allRows.filter(({ name }) => names.includes(name));
  const isTimed = !options.countsOnly && !options.statements;
  if (isTimed && !options.busy) await refuseOnBusyMachine();
  const results: RowResult[] = [];
  if (rows.length > 0 || names.includes(growth)) {
    const bench = await openBench({ root: resolve(options.root), directory: resolve(options.directory) });
    process.once('SIGINT', () => void bench.stop().finally(() => process.exit(130)));
    try {
      if (options.statements) await showStatements(bench, rows);
      else results.push(...(await measureAll(bench, rows, options, isTimed)));
      if (names.includes(growth)) say(await measureGrowth(bench, Number(options.seconds), say));
    } finally {
      await bench.stop();
    }
  }
  for (const part of parts.filter(({ name }) => names.includes(name))) {
    say(`measuring ${part.name} …`);
    results.push(ofLines(part, await part.measure(effortOf(options))));
  }
  if (results.length > 0) report(results, options, isTimed);
}

const effortOf = ({ repeats, seconds }: Options): Effort => ({ repeats: Number(repeats), seconds: Number(seconds) });

function ofLines({ name, title }: Pick<RowResult, 'name' | 'title'>, lines: Line[] = []): RowResult {
  return { name, title, lines, p50: null, p95: null, processor: null, counts: null };
}

async function refuseOnBusyMachine(): Promise<void> {
  const share = await busyShare();
  if (share <= quietShare) return;
  throw new Error(
    `${Math.round(share * 100)} % of the processors are busy with something else. Stop that, or say --busy: then only ratios, processor time and counts mean anything.`,
  );
}

async function measureAll(bench: Bench, rows: Row[], options: Options, isTimed: boolean): Promise<RowResult[]> {
  const counts = await whileCounting(bench, async (counter) => {
    const counted = new Map<string, RowResult['counts']>();
    for (const row of rows) counted.set(row.name, await countRow(bench, row, counter));
    return counted;
  });
  const results: RowResult[] = [];
  for (const row of rows) {
    if (isTimed) say(`measuring ${row.name} …`);
    const measured = isTimed ? await measureRow(bench, row, effortOf(options)) : ofLines(row);
    results.push({ ...measured, counts: counts.get(row.name) ?? null });
  }
  return results;
}

function report(results: RowResult[], options: Options, isTimed: boolean): void {
  if (options.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
  else if (isTimed) process.stdout.write(`${tableOf(results)}\n`);
  else {
    for (const { name, counts } of results) {
      if (counts) say(`${name}: ${counts.statements} statements, ${counts.commits} commits, ${counts.syncs} fsyncs`);
    }
  }
  const steady = results.map((result) => (varying.has(result.name) ? { ...result, counts: null } : result));
  if (options.writeBaseline) writeBaseline(steady);
  if (!options.check) return;
  const grown = growthAgainst(readBaseline(), steady);
  if (grown.length === 0) return;
  process.exitCode = 1;
  say(`${grown.join('\n')}\nIf that is meant: npm run bench -- --counts-only --write-baseline`);
}

async function showStatements(bench: Bench, rows: Row[]): Promise<void> {
  await whileCounting(bench, async (counter) => {
    for (const row of rows) {
      const prepared = await row.prepare?.(bench);
      if (!prepared) continue;
      const texts = await counter.statements(await warmOnce(bench, prepared));
      process.stdout.write(
        `\n${row.name}\n${texts.map((sql, at) => `${at + 1}. ${sql.replaceAll(/\s+/g, ' ')}`).join('\n')}\n`,
      );
    }
  });
}

await new Command('npm run bench --')
  .description('Measures the service and, in turns with it, what it cannot be faster than. Linux alone.')
  .argument(
    '[ROWS...]',
    `which rows: ${allRows.map(({ name }) => name).join(', ')} (all of these without one); growth, which draws docs/growth.svg; parts of the service alone: ${parts.map(({ name }) => name).join(', ')}`,
  )
  .option('--json', 'print everything that was measured as JSON')
  .option('--busy', 'measure although the machine does other work')
  .option('--repeats <N>', 'how often each row is measured; shown is the median', '3')
  .option('--seconds <N>', 'how long a phase of a row takes', '2')
  .option('--counts-only', 'statements, commits and fsyncs of a request alone: exact, in seconds')
  .option('--check', 'fail when these counts are above those of bench/baseline.json')
  .option('--write-baseline', 'keep what was measured in bench/baseline.json')
  .option('--statements', 'print the statements of one request of each row')
  .option('--root <FOLDER>', 'measure another checkout', projectRoot)
  .option('--directory <FOLDER>', 'where the data is kept meanwhile: on the disk that is meant', tmpdir())
  .action(run)
  .parseAsync()
  .catch((error: Error) => {
    say(error.message);
    process.exitCode = 1;
  });
