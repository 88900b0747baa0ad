import type { MetricObjectWithValues, MetricValue } from 'prom-client';
import type { StoreRefusal } from '../../core/storage/refusals.ts';
import type { Background } from '../background.ts';
import type { Config } from '../config.ts';
import type { Secrets } from '../embedded/secrets.ts';
import type { MetricsText } from '../monitoring/metrics.routes.ts';
import type { FunctionHealth, FunctionResult, InvocationRequest } from '../thumbnailing/function-invoker.ts';
import type { SweepStatus } from '../thumbnailing/sweep.ts';

/** Of one process, as prom-client hands them on. */
export type ProcessMetrics = MetricObjectWithValues<MetricValue<string>>[];

/** How the work in the background is. Workers are told each second. */
export interface BackgroundStatus {
  functionHealth: FunctionHealth;
  sweepStatus: SweepStatus;
  storeRefusals: readonly StoreRefusal[];
}

export function statusOf(background: Background): BackgroundStatus {
  return {
    functionHealth: background.functionHealth(),
    sweepStatus: background.sweepStatus(),
    storeRefusals: background.storeRefusals(),
  };
}

export interface WorkerDuties {
  secrets: Secrets;
  databaseUrl: string;
  status: BackgroundStatus;
}

/** What went wrong, as a sentence for the person who starts the server; null when nothing did. */
export interface Fault {
  fault: string | null;
}

/** What the primary process asks of a worker. */
export interface ToWorker {
  begin(input: { config: Config; opensPort: boolean }): Promise<Fault>;
  /** Everything but answering. */
  prepare(duties: WorkerDuties): Promise<Fault>;
  /** Answers requests from now on. */
  serve(): Promise<Fault>;
  /** Answers with what the store refuses this worker. */
  tellStatus(status: BackgroundStatus): StoreRefusal[];
  metrics(): Promise<ProcessMetrics>;
  /** Not ready from now on; drains, and ends. */
  stop(): void;
  hurry(): void;
}

/** What a worker asks of the primary process. */
export interface ToPrimary {
  /** The worker listens to what it is asked; a message that came before is lost. */
  ready(): void;
  invoke(request: InvocationRequest): Promise<void>;
  onResult(result: FunctionResult): Promise<void>;
  wakeJobs(): void;
  wakeForTombstones(): void;
  /** Of the whole server. */
  readMetrics(): Promise<MetricsText>;
}
