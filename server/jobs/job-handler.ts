import type { z } from 'zod';

/** What a step sees of its job. */
export interface JobContext<Payload, Cursor> {
  jobId: string;
  /** The same in every step, after a restart too. */
  createdAt: Date;
  payload: Payload;
  /** What the step before left; null in the first one. */
  cursor: Cursor | null;
  progress: { done: number; total: number | null };
  /** The server stops, the job is cancelled, or another server has it: end the step soon. */
  signal: AbortSignal;
}

export type JobStep<Cursor> = { progress: { done: number; total: number | null } } & (
  | { finished: true }
  | {
      finished: false;
      cursor: Cursor;
      /** Let other jobs run, and come back then. */
      pauseSeconds?: number;
    }
);

/**
 * One kind of long work, in steps of some seconds at most. After each step its cursor and progress are kept, and a
 * restart goes on from there. A step that was interrupted runs again, so it must be able to run twice.
 */
export interface JobHandler {
  kind: string;
  step(context: JobContext<unknown, unknown>): Promise<JobStep<unknown>>;
}

/** A handler whose payload and cursor are what their schemas say; a payload that does not fit fails the job. */
export function defineJobHandler<Payload extends z.ZodType, Cursor extends z.ZodType>(definition: {
  kind: string;
  payload: Payload;
  cursor: Cursor;
  step(context: JobContext<z.output<Payload>, z.output<Cursor>>): Promise<JobStep<z.input<Cursor>>>;
}): JobHandler {
  return {
    kind: definition.kind,
    step: (context) =>
      definition.step({
        ...context,
        payload: definition.payload.parse(context.payload),
        cursor: context.cursor === null ? null : definition.cursor.parse(context.cursor),
      }),
  };
}
