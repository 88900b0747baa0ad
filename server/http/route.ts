import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { ErrorCode } from '../../core/errors.ts';
import type { Actor, Origin } from '../kernel/actor.ts';
import type { LimitedOperation } from './rate-limits.ts';

export type Method = 'get' | 'post' | 'patch' | 'delete';

/** What a handler gives back; nothing when it has answered by itself (a stream). */
export interface Reply {
  status: number;
  /** Sent as JSON. */
  body?: unknown;
  /** The body, when it is JSON text already. */
  json?: Buffer;
  headers?: Record<string, string>;
}

export interface RouteContext<Params, Query, Body> {
  req: Request;
  res: Response;
  params: Params;
  query: Query;
  body: Body;
  origin: Origin;
}

export interface ResponseDocument {
  description: string;
  /** Of a JSON body; a component when the schema has an id. */
  schema?: z.ZodType;
  /** Other than JSON: the media types of a body that is bytes or text. */
  contentTypes?: readonly string[];
  /** Name to what it says. */
  headers?: Record<string, string>;
}

interface RouteBase {
  method: Method;
  /** As OpenAPI writes it: `/image/{id}`. Served with and without a trailing slash, and under `/api`. */
  path: string;
  operationId: string;
  tag: string;
  summary: string;
  /** The rules that no schema shows. Markdown. */
  description?: string;
  responses: Record<number, ResponseDocument>;
  /** The codes this route can answer beside those that every route can. */
  errors: readonly ErrorCode[];
  /** Counted by itself, where a limit is set, beside all requests together; or never, for who watches the service. */
  limitedAs?: LimitedOperation | 'nothing';
}

export interface RouteSchemas<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
> {
  /** Of the path. What does not fit is 404: a malformed id names nothing. */
  params?: Params;
  /** Of the query; values arrive as strings that are not empty, or are absent. A parameter given twice is 400. */
  query?: Query;
  /** Of a small body: JSON, form or multipart fields, at most 64 KB. */
  body?: Body;
  /** The body's parameters may stand in the query as well (each in one place only). */
  bodyFromQuery?: boolean;
  /** A body that the handler reads by itself: media types to what they are. */
  rawBody?: { required: boolean; description: string; contentTypes: readonly string[] };
  /** Request headers that mean something here: name to what it does, or to a schema that says so. */
  headers?: Record<string, string | z.ZodString>;
}

type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

type Handler<Params, Query, Body, Extra> = (
  context: RouteContext<Parsed<Params>, Parsed<Query>, Parsed<Body>> & Extra,
) => Promise<Reply | undefined>;

export interface Route extends RouteBase, RouteSchemas {
  auth: 'bearer' | 'none';
  handler: (context: RouteContext<unknown, unknown, unknown> & { actor: Actor }) => Promise<Reply | undefined>;
}

type Definition<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType> = RouteBase &
  RouteSchemas<Params, Query, Body> &
  (
    | { auth: 'bearer'; handler: Handler<Params, Query, Body, { actor: Actor }> }
    | { auth: 'none'; handler: Handler<Params, Query, Body, unknown> }
  );

/**
 * One REST operation: what is mounted and what `/openapi.json` says come from this one definition, so they cannot
 * differ. With `auth: 'bearer'` the handler gets the actor.
 */
export function defineRoute<
  Params extends z.ZodType = z.ZodUndefined,
  Query extends z.ZodType = z.ZodUndefined,
  Body extends z.ZodType = z.ZodUndefined,
>(definition: Definition<Params, Query, Body>): Route {
  return definition as unknown as Route;
}
