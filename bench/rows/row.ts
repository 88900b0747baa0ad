import type { Bench } from '../bench.ts';
import type { Counts } from '../counts.ts';
import type { LoadResult } from '../load/job.ts';
import type { ProcessorTime } from '../processes.ts';
import type { LoadOptions, Reference } from '../references/references.ts';

/** A figure and what it should be. */
export interface Line {
  what: string;
  value: number;
  unit: string;
  /** The same of the reference, and the value as a part of it; null without one. */
  reference: number | null;
  ratio: number | null;
  /** The target in words, for example `>= 0.6 of raw`; empty without one. */
  target: string;
  isMet: boolean | null;
  /** How far the repeats lie apart, as a part of the median. */
  spread: number | null;
}

export interface RowResult {
  name: string;
  title: string;
  lines: Line[];
  /** Milliseconds, with one client. */
  p50: number | null;
  p95: number | null;
  /** Milliseconds for each request, with eight clients. */
  processor: ProcessorTime | null;
  counts: Counts | null;
}

export interface Effort {
  repeats: number;
  /** Of one phase. */
  seconds: number;
}

export interface Row {
  name: string;
  title: string;
  /** Who waits is woken once or twice, as it comes: its counts are shown, and not compared with the baseline. */
  countsVary?: boolean;
  /** Null: it is measured in another way, with a service of its own where it needs one. */
  prepare: ((bench: Bench) => Promise<Prepared>) | null;
  measure?: (bench: Bench, effort: Effort) => Promise<Omit<RowResult, 'name' | 'title'>>;
}

/** A part of the service alone, measured without a running one, and only when it is asked for by name. */
export interface Part {
  name: string;
  title: string;
  measure(effort: Effort): Promise<Line[]>;
}

export interface Prepared {
  run(options: LoadOptions): Promise<LoadResult>;
  /** Started only when it is compared with. */
  reference: (() => Promise<Reference>) | null;
  goals: Goal[];
  /** One request, for its counts, when it is not what `run` does with one client. */
  once?(): Promise<void>;
  /** Requests of one phase, so that nobody's disk is filled. */
  most?: number;
  /** The answers are good for half an hour of the clock only. */
  isOfSigningWindow?: boolean;
}

/** Medians over the repeats. */
export interface Figures {
  p50: number;
  p95: number;
  /** A second, with eight clients. */
  rate: number;
  processor: ProcessorTime;
  referenceP50: number | null;
  referenceRate: number | null;
  referenceProcessor: number | null;
  /** Of each repeat. */
  spreads: { p50: number; rate: number };
}

export interface Goal {
  what: string;
  unit: string;
  value: (figures: Figures) => number;
  reference?: (figures: Figures) => number | null;
  /** Of the value, or of its ratio to the reference. */
  atLeast?: number;
  atMost?: number;
  isRatio?: boolean;
  spread?: keyof Figures['spreads'];
}

type Bounds = Pick<Goal, 'atLeast' | 'atMost' | 'isRatio'>;

export const p50 = (bounds: Bounds = {}): Goal => ({
  what: '1 client, p50',
  unit: 'ms',
  value: (figures) => figures.p50,
  reference: (figures) => figures.referenceP50,
  spread: 'p50',
  ...bounds,
});

export const rate = (bounds: Bounds = {}): Goal => ({
  what: '8 clients',
  unit: '/s',
  value: (figures) => figures.rate,
  reference: (figures) => figures.referenceRate,
  spread: 'rate',
  ...bounds,
});

const parts = {
  'server + PostgreSQL': ({ server, postgres }: ProcessorTime) => server + postgres,
  'all processes': ({ server, postgres, function: made }: ProcessorTime) => server + postgres + made,
  function: ({ function: made }: ProcessorTime) => made,
};

export const processor = (of: keyof typeof parts, atMost: number): Goal => ({
  what: `processor of ${of === 'function' ? 'the function' : of}`,
  unit: 'ms',
  value: (figures) => parts[of](figures.processor),
  reference: (figures) => figures.referenceProcessor,
  atMost,
});

interface LineBounds {
  atMost?: number;
  atLeast?: number;
  /** The same of something else, to compare with. */
  reference?: number;
}

/** A figure that is not one of a load. */
export function lineOf(what: string, value: number, unit: string, bounds: LineBounds = {}): Line {
  const { atMost, atLeast, reference } = bounds;
  const target = atMost !== undefined ? `<= ${atMost} ${unit}` : atLeast !== undefined ? `>= ${atLeast} ${unit}` : '';
  const isMet = atMost !== undefined ? value <= atMost : atLeast !== undefined ? value >= atLeast : null;
  const compared = { reference: reference ?? null, ratio: reference ? value / reference : null };
  return { what, value, unit, ...compared, target, isMet, spread: null };
}
