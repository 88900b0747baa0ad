import type { Sequelize, Transaction } from 'sequelize';
import { insertJob } from './job-table.ts';

export interface EnqueueOptions {
  /** The account that asked for it; null for the service itself. */
  createdBy?: string | null;
  /** The job exists when this commits, or never. */
  transaction?: Transaction;
  /** A job of this kind with the same key that has not started yet is enough: its id is the answer. */
  dedupe?: string;
}

/** How a use case asks for long work, without knowing how that is done. */
export type EnqueueJob = (
  kind: string,
  payload: Record<string, unknown>,
  options: EnqueueOptions & { createdBy: string | null },
) => Promise<unknown>;

/** Resolves with the job's id. `wake` tells those who work on jobs that there is one, wherever they are. */
export function enqueueJobOf({ sequelize, wake }: { sequelize: Sequelize; wake: () => void }) {
  return async (
    kind: string,
    payload: Record<string, unknown>,
    { createdBy = null, transaction, dedupe }: EnqueueOptions = {},
  ): Promise<string> => {
    const id = await insertJob(sequelize, { kind, payload, createdBy, dedupe: dedupe ?? null }, transaction);
    if (transaction) transaction.afterCommit(wake);
    else wake();
    return id;
  };
}
