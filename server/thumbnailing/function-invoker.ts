import type { Recipe } from '../../core/thumbnails/recipe.ts';

/** How an invocation ended when it wrote no result. */
export type InvocationFailure = 'crash' | 'timeout' | 'out_of_memory' | 'error';

export interface FunctionHealth {
  status: 'ok' | 'down' | 'unknown';
  /** For staff: what is wrong, in words. */
  detail?: string;
  /** Invocations that run or wait, where that is known. */
  queued?: number;
}

/** The thumbnail function, wherever it runs: child processes here, AWS Lambda there. */
export interface FunctionInvoker {
  /**
   * Asks for an original's thumbnails. Resolves when the request is taken, not when it is done: the result comes as
   * an event. Without a recipe the one in the object's metadata counts.
   */
  invoke(request: { originalKey: string; recipe?: Recipe }): Promise<void>;
  health(): FunctionHealth;
  close(): Promise<void>;
}

/** Who is told how an invocation ended, wherever that is heard of: from a child process, or from the results queue. */
export interface FunctionEnds {
  onResult(result: { originalKey: string; resultKey: string }): Promise<unknown>;
  onFailure(failure: { originalKey: string; reason: InvocationFailure; detail?: string }): Promise<unknown>;
}
