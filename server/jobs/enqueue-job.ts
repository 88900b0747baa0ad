import type { Transaction } from 'sequelize';

export interface EnqueueOptions {
  /** The account that asked for it; null for the service itself. */
  createdBy: string | null;
  /** The job exists when this commits, or never. */
  transaction?: Transaction;
}

/** How a use case asks for long work, without knowing how that is done. */
export type EnqueueJob = (kind: string, payload: Record<string, unknown>, options: EnqueueOptions) => Promise<unknown>;
