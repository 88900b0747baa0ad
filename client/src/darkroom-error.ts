import { TRPCClientError } from '@trpc/client';
import type { AppRouter, ErrorCode, FieldError, TrpcErrorData } from './api.ts';

/**
 * The service's own codes, and those of what happens on this side: `logged_out` (log in again), `network` (no answer),
 * `aborted` (by your signal), `timed_out` (by your limit), `image_failed` (no thumbnails can be made of it) and
 * `unexpected_answer` (by something between here and the service).
 */
export type DarkroomErrorCode =
  | ErrorCode
  | 'logged_out'
  | 'network'
  | 'aborted'
  | 'timed_out'
  | 'image_failed'
  | 'unexpected_answer';

export interface DarkroomErrorOptions {
  status?: number | null;
  errors?: FieldError[];
  requestId?: string | null;
  retryAfterSeconds?: number | null;
  cause?: Error;
}

/** Whatever fails in this package. `message` is for a person and says what to do next; programs decide by `code`. */
export class DarkroomError extends TRPCClientError<AppRouter> {
  readonly code: DarkroomErrorCode;
  /** Of HTTP; null when there was no answer. */
  readonly status: number | null;
  /** The fields at fault, when the input was not valid. */
  readonly errors: readonly FieldError[];
  /** What the service's log knows the request by. */
  readonly requestId: string | null;
  /** After how long it is worth trying again, when the service said so. */
  readonly retryAfterSeconds: number | null;

  constructor(code: DarkroomErrorCode, message: string, options: DarkroomErrorOptions = {}) {
    super(message, options.cause ? { cause: options.cause } : undefined);
    // tRPC's class sets its own prototype.
    Object.setPrototypeOf(this, new.target.prototype);
    this.name = 'DarkroomError';
    this.code = code;
    this.status = options.status ?? null;
    this.errors = options.errors ?? [];
    this.requestId = options.requestId ?? null;
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
  }
}

/** Of an answer that is no success: a problem document (RFC 9457), or something else by a proxy. */
export async function errorOfResponse(response: Response): Promise<DarkroomError> {
  const text = await response.text().catch(() => '');
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  const options = {
    status: response.status,
    requestId: response.headers.get('x-request-id'),
    retryAfterSeconds: Number.isFinite(retryAfter) ? retryAfter : null,
  };
  const problem = parsed(text) as { code?: ErrorCode; detail?: string; errors?: FieldError[] } | undefined;
  if (problem?.code === undefined) {
    return new DarkroomError('unexpected_answer', `The answer was ${response.status} and cannot be read.`, options);
  }
  const { code, detail = code, errors = [] } = problem;
  return new DarkroomError(code, detail, { ...options, errors });
}

/** Of whatever tRPC's links throw. */
export function errorOfTrpc(thrown: unknown): DarkroomError {
  if (thrown instanceof DarkroomError) return thrown;
  const cause = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (!(cause instanceof TRPCClientError)) return errorOfFetch(cause);
  if (cause.cause instanceof DarkroomError) return cause.cause;
  const data = cause.data as TrpcErrorData | undefined;
  const response = cause.meta?.response;
  if (data?.code !== undefined) {
    const { code, httpStatus: status, instance: requestId, errors } = data;
    const retryAfter = response instanceof Response ? Number(response.headers.get('retry-after')) : 0;
    return new DarkroomError(code, cause.message, {
      status,
      requestId,
      errors,
      cause,
      retryAfterSeconds: retryAfter > 0 ? retryAfter : null,
    });
  }
  return errorOfFetch(cause.cause ?? cause);
}

/** Of what `fetch` throws. */
export function errorOfFetch(thrown: unknown): DarkroomError {
  if (thrown instanceof DarkroomError) return thrown;
  const cause = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (cause.name === 'AbortError') return new DarkroomError('aborted', 'It was aborted.', { cause });
  if (cause.name === 'TimeoutError') return new DarkroomError('timed_out', 'It took too long.', { cause });
  return new DarkroomError('network', 'The service cannot be reached. Try again.', { cause });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
