import { initTRPC, TRPCError } from '@trpc/server';
import { ZodError } from 'zod';
import { AppError, type ErrorCode, type ErrorStatus, type FieldError } from '../../core/errors.ts';
import { fromZodError } from '../../core/from-zod-error.ts';
import type { LimitedOperation } from '../http/rate-limits.ts';
import { toAppError } from '../http/to-app-error.ts';
import type { TrpcContext } from './context.ts';

/** What a client reads of an error, in `error.data`. */
export interface TrpcErrorData {
  /** The problem's `code`, the same as REST's. */
  code: ErrorCode;
  httpStatus: number;
  path: string | null;
  /** The request's id. */
  instance: string;
  errors?: FieldError[];
}

/** tRPC has a closed set of names for HTTP statuses. 410, 416 and 431 have none, and no procedure answers them. */
const trpcCodes = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_SUPPORTED',
  408: 'TIMEOUT',
  409: 'CONFLICT',
  410: 'NOT_FOUND',
  412: 'PRECONDITION_FAILED',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  416: 'BAD_REQUEST',
  422: 'UNPROCESSABLE_CONTENT',
  429: 'TOO_MANY_REQUESTS',
  431: 'BAD_REQUEST',
  500: 'INTERNAL_SERVER_ERROR',
  503: 'SERVICE_UNAVAILABLE',
} as const satisfies Record<ErrorStatus, TRPCError['code']>;

const codesOfTrpc: Partial<Record<TRPCError['code'], ErrorCode>> = {
  BAD_REQUEST: 'invalid_request',
  PARSE_ERROR: 'invalid_request',
  NOT_FOUND: 'not_found',
  METHOD_NOT_SUPPORTED: 'method_not_allowed',
  PAYLOAD_TOO_LARGE: 'too_large',
  UNSUPPORTED_MEDIA_TYPE: 'unsupported_type',
};

/** The error of ours behind any error of tRPC's. */
export function appErrorOf(error: TRPCError): AppError {
  if (error.cause instanceof AppError) return error.cause;
  if (error.cause instanceof ZodError) return fromZodError(error.cause);
  const code = codesOfTrpc[error.code];
  if (!code) return toAppError(error.cause ?? error);
  return new AppError(
    code,
    code === 'unsupported_type' ? 'Send JSON (Content-Type: application/json).' : error.message,
  );
}

export interface ProcedureMeta {
  /** Counted by itself, where a limit is set, beside all calls together. */
  limitedAs?: LimitedOperation;
}

/** What goes out in place of a result. */
export function errorDataOf(
  { code, status, errors }: AppError,
  { path, requestId }: { path: string | null; requestId: string },
): TrpcErrorData {
  return { code, httpStatus: status, path, instance: requestId, ...(errors ? { errors } : {}) };
}

const t = initTRPC
  .context<TrpcContext>()
  .meta<ProcedureMeta>()
  .create({
    isDev: false,
    sse: { ping: { enabled: true, intervalMs: 15_000 }, client: { reconnectAfterInactivityMs: 45_000 } },
    errorFormatter: ({ shape, error, path, ctx }) => {
      const ours = appErrorOf(error);
      const data = errorDataOf(ours, { path: path ?? null, requestId: ctx?.origin.requestId ?? '' });
      return { code: shape.code, message: ours.detail, data };
    },
  });

/** Gives errors of ours the name that decides about the HTTP status. */
const namedErrors = t.middleware(async ({ next }) => {
  const result = await next();
  if (result.ok) return result;
  const error = appErrorOf(result.error);
  throw new TRPCError({ code: trpcCodeOf(error), message: error.detail, cause: error });
});

export function trpcCodeOf({ status }: AppError): TRPCError['code'] {
  return trpcCodes[status];
}

const procedure = t.procedure.use(namedErrors);

export const router = t.router;

/** For everybody. */
export const publicProcedure = procedure.use(async ({ ctx, meta, next }) => {
  await ctx.count(undefined, meta?.limitedAs);
  return next();
});

/** For who sends a good access token; `ctx.actor` is who that is. */
export const userProcedure = procedure.use(async ({ ctx, meta, next }) => {
  const actor = await ctx.authenticate().catch(async (refusal: unknown) => {
    await ctx.count(undefined);
    throw refusal;
  });
  await ctx.count(actor, meta?.limitedAs);
  return next({ ctx: { ...ctx, actor } });
});
