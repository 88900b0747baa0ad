import type { Bench } from './bench.ts';
import type { Counter, Counts } from './counts.ts';
import type { LoadResult } from './load/job.ts';
import { withinSigningWindow } from './machine.ts';
import type { ProcessorTime } from './processes.ts';
import type { Reference } from './references/references.ts';
import type { Effort, Figures, Goal, Line, Prepared, Row, RowResult } from './rows/row.ts';

const clients = 8;
const slackSeconds = 5;

export function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

export function spread(values: number[]): number {
  return (Math.max(...values) - Math.min(...values)) / (median(values) || 1);
}

interface Repeat {
  one: LoadResult;
  many: LoadResult;
  processor: ProcessorTime;
  referenceOne: LoadResult | null;
  referenceMany: LoadResult | null;
  referenceProcessor: number | null;
}

const rateOf = ({ count, seconds }: LoadResult) => count / seconds;

/** The service and its reference in turns, so that what else the machine does meets both. */
async function repeatOnce(
  bench: Bench,
  { run, most }: Prepared,
  reference: Reference | null,
  seconds: number,
): Promise<Repeat> {
  const options = { seconds, ...(most !== undefined && { most }) };
  const one = await run({ ...options, clients: 1 });
  await bench.settled();
  const referenceOne = (await reference?.run({ ...options, clients: 1 })) ?? null;
  const before = bench.service.processorTime();
  const many = await run({ ...options, clients });
  // What is done behind the answer belongs to the request.
  await bench.settled();
  const after = bench.service.processorTime();
  const referenceBefore = reference?.processorMilliseconds() ?? 0;
  const referenceMany = (await reference?.run({ ...options, clients })) ?? null;
  const each = (part: keyof ProcessorTime) => (after[part] - before[part]) / many.count;
  return {
    one,
    many,
    processor: { server: each('server'), postgres: each('postgres'), function: each('function') },
    referenceOne,
    referenceMany,
    referenceProcessor:
      reference && referenceMany ? (reference.processorMilliseconds() - referenceBefore) / referenceMany.count : null,
  };
}

function figuresOf(repeats: Repeat[]): Figures {
  const of = (read: (repeat: Repeat) => number) => median(repeats.map(read));
  const ofReference = (read: (repeat: Repeat) => number | null) => {
    const values = repeats.map(read).filter((value) => value !== null);
    return values.length > 0 ? median(values) : null;
  };
  return {
    p50: of(({ one }) => one.p50),
    p95: of(({ one }) => one.p95),
    rate: of(({ many }) => rateOf(many)),
    processor: {
      server: of(({ processor }) => processor.server),
      postgres: of(({ processor }) => processor.postgres),
      function: of(({ processor }) => processor.function),
    },
    referenceP50: ofReference(({ referenceOne }) => referenceOne?.p50 ?? null),
    referenceRate: ofReference(({ referenceMany }) => (referenceMany ? rateOf(referenceMany) : null)),
    referenceProcessor: ofReference(({ referenceProcessor }) => referenceProcessor),
    spreads: { p50: spread(repeats.map(({ one }) => one.p50)), rate: spread(repeats.map(({ many }) => rateOf(many))) },
  };
}

function goalLine(goal: Goal, figures: Figures, referenceName: string): Line {
  const value = goal.value(figures);
  const reference = goal.reference?.(figures) ?? null;
  const ratio = reference ? value / reference : null;
  const limit = goal.atLeast ?? goal.atMost;
  const judged = goal.isRatio ? ratio : value;
  return {
    what: goal.what,
    value,
    unit: goal.unit,
    reference,
    ratio,
    target: limit === undefined ? '' : targetInWords(goal, limit, referenceName),
    isMet:
      limit === undefined || judged === null ? null : goal.atLeast === undefined ? judged <= limit : judged >= limit,
    spread: goal.spread ? figures.spreads[goal.spread] : null,
  };
}

function targetInWords({ atLeast, isRatio, unit }: Goal, limit: number, referenceName: string): string {
  const sign = atLeast === undefined ? '<=' : '>=';
  return isRatio ? `${sign} ${limit} of ${referenceName}` : `${sign} ${limit.toLocaleString('en-US')} ${unit}`;
}

export async function measureRow(bench: Bench, row: Row, { repeats, seconds }: Effort): Promise<RowResult> {
  const { name, title } = row;
  if (row.measure) return { name, title, ...(await row.measure(bench, { repeats, seconds })) };
  const prepared = await row.prepare?.(bench);
  if (!prepared) throw new Error(`${name} cannot be measured`);
  const reference = (await prepared.reference?.()) ?? null;
  try {
    await withinSigningWindow(seconds + slackSeconds);
    await prepared.run({ clients, seconds: 2, ...(prepared.most && { most: 24 }) });
    await bench.settled();
    const all: Repeat[] = [];
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      if (prepared.isOfSigningWindow) await withinSigningWindow(4 * seconds + slackSeconds);
      all.push(await repeatOnce(bench, prepared, reference, seconds));
    }
    const figures = figuresOf(all);
    const referenceName = reference?.name ?? '';
    return {
      name,
      title,
      lines: prepared.goals.map((goal) => goalLine(goal, figures, referenceName)),
      p50: figures.p50,
      p95: figures.p95,
      processor: figures.processor,
      counts: null,
    };
  } finally {
    await reference?.stop();
  }
}

/** Null for a row that no single request makes. */
export async function countRow(bench: Bench, row: Row, counter: Counter): Promise<Counts | null> {
  const prepared = await row.prepare?.(bench);
  if (!prepared) return null;
  return counter.count(await warmOnce(bench, prepared));
}

/** One request of a row. Connections and prepared statements are there already. */
export async function warmOnce(bench: Bench, prepared: Prepared): Promise<() => Promise<void>> {
  const once = prepared.once ?? (async () => void (await prepared.run({ clients: 1, seconds: 60, most: 1 })));
  for (let round = 0; round < 2; round += 1) await once();
  await bench.settled();
  return once;
}
