import type { Recipe } from '../../core/thumbnails/recipe.ts';
import type { ThumbnailResult } from '../../core/thumbnails/thumbnail-result.ts';

/** How an invocation ended when it wrote no result. */
export type InvocationFailure = 'crash' | 'timeout' | 'out_of_memory' | 'error';

/** Layers between the decoder and everything else (server/embedded/function/confinement.ts says what each keeps off). */
export const protections = ['permission_model', 'closed_files', 'namespaces', 'no_new_privileges', 'account'] as const;
export type MissingProtection = (typeof protections)[number];

export interface FunctionHealth {
  status: 'ok' | 'down' | 'unknown';
  /** For staff: what is wrong, in words. */
  detail?: string;
  /** Invocations that run or wait, where that is known. */
  queued?: number;
  /** What this system cannot keep the decoder away with; none of Lambda, where the platform does. */
  missingProtections?: readonly MissingProtection[];
}

export interface InvocationRequest {
  originalKey: string;
  /** Without one the recipe in the object's metadata counts. */
  recipe?: Recipe;
  /** Where requests wait, owners take turns. */
  ownerId?: string;
}

/** The thumbnail function, wherever it runs: child processes here, AWS Lambda there. */
export interface FunctionInvoker {
  /**
   * Asks for an original's thumbnails. Resolves when the request is taken, not when it is done: the result comes as
   * an event.
   */
  invoke(request: InvocationRequest): Promise<void>;
  health(): FunctionHealth;
  close(): Promise<void>;
}

export interface FunctionResult {
  resultKey: string;
  /** What the object holds, where whoever tells of it has written it. */
  result?: ThumbnailResult;
}

/** Who is told how an invocation ended, wherever that is heard of: from a child process, or from the results queue. */
export interface FunctionEnds {
  onResult(result: FunctionResult): Promise<unknown>;
  onFailure(failure: { originalKey: string; reason: InvocationFailure; detail?: string }): Promise<unknown>;
}
