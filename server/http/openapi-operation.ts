import { z } from 'zod';
import type {
  ZodObjectInput,
  ZodOpenApiContentObject,
  ZodOpenApiOperationObject,
  ZodOpenApiResponseObject,
  ZodOpenApiResponsesObject,
} from 'zod-openapi';
import { problemSchema } from '../../core/contracts/problem.ts';
import { AppError, type ErrorCode, errorKinds } from '../../core/errors.ts';
import { problemOf } from './problem.ts';
import type { ResponseDocument, Route } from './route.ts';

const requestIdHeader = { 'X-Request-Id': header('The id of this request, for questions about it.') };

/** One route as OpenAPI has it, with the errors that its kind of route can answer beside its own. */
export function openApiOperation(route: Route): ZodOpenApiOperationObject {
  return {
    operationId: route.operationId,
    tags: [route.tag],
    summary: route.summary,
    ...(route.description ? { description: route.description } : {}),
    security: route.auth === 'bearer' ? [{ bearer: [] }] : [],
    requestParams: {
      ...(route.params ? { path: route.params as ZodObjectInput } : {}),
      ...queryOf(route),
      ...(route.headers ? { header: headersOf(route.headers) } : {}),
    },
    ...requestBodyOf(route),
    responses: responsesOf(route),
  };
}

function queryOf(route: Route): { query?: ZodObjectInput } {
  if (route.bodyFromQuery && route.body instanceof z.ZodObject) return { query: route.body.partial() };
  return route.query ? { query: route.query as ZodObjectInput } : {};
}

function headersOf(headers: NonNullable<Route['headers']>): ZodObjectInput {
  const schemas = Object.entries(headers).map(([name, said]) => [
    name,
    (typeof said === 'string' ? z.string().describe(said) : said).optional(),
  ]);
  return z.object(Object.fromEntries(schemas));
}

function requestBodyOf(route: Route): Pick<ZodOpenApiOperationObject, 'requestBody'> {
  if (route.body) {
    const media = { schema: route.body };
    const content = {
      // Who tries it on the page fills in the query, and may not say anything twice.
      'application/json': route.bodyFromQuery ? { ...media, example: {} } : media,
      'application/x-www-form-urlencoded': media,
      'multipart/form-data': media,
    };
    return { requestBody: { required: !route.bodyFromQuery, content } };
  }
  if (!route.rawBody) return {};
  const { description, required, contentTypes } = route.rawBody;
  const content = Object.fromEntries(contentTypes.map((type) => [type, { schema: bytesAs(type) }]));
  return { requestBody: { description, required, content } };
}

/** Bytes have no schema of JSON (OpenAPI 3.1, "Considerations for File Uploads"); a form has one part that is a file. */
function bytesAs(contentType: string): z.ZodType {
  const file = z.any().meta({ override: { type: 'string', format: 'binary' } });
  return contentType === 'multipart/form-data' ? z.object({ file }) : file;
}

/** What is an answer and a problem under one status has both contents. */
function responsesOf(route: Route): ZodOpenApiResponsesObject {
  const responses: Record<string, ZodOpenApiResponseObject> = problemResponses(route);
  for (const [status, document] of Object.entries(route.responses)) {
    const [answer, problem] = [responseOf(document), responses[status]];
    responses[status] = problem
      ? { ...problem, ...answer, content: { ...answer.content, ...problem.content } }
      : answer;
  }
  return responses;
}

function responseOf({ description, schema, contentTypes, headers = {} }: ResponseDocument): ZodOpenApiResponseObject {
  const content: ZodOpenApiContentObject = schema ? { 'application/json': { schema } } : {};
  for (const type of contentTypes ?? []) content[type] = { schema: bytesAs(type) };
  return {
    description,
    headers: { ...requestIdHeader, ...Object.fromEntries(Object.entries(headers).map(([n, d]) => [n, header(d)])) },
    ...(Object.keys(content).length > 0 ? { content } : {}),
  };
}

function header(description: string) {
  return { description, schema: { type: 'string' as const } };
}

const errorsOfAll: readonly ErrorCode[] = [
  'invalid_request',
  'rate_limited',
  'headers_too_large',
  'internal',
  'unavailable',
];
const errorsOfBearer: readonly ErrorCode[] = ['not_authenticated', 'token_not_valid'];
const errorsOfBody: readonly ErrorCode[] = [
  'incomplete_body',
  'request_timeout',
  'too_large',
  'unsupported_type',
  'unsupported_encoding',
];

/** Every code that a route can answer. */
export function errorCodesOf(route: Route): ErrorCode[] {
  const codes = [
    ...route.errors,
    ...errorsOfAll,
    ...(route.auth === 'bearer' ? errorsOfBearer : []),
    ...(route.body ? errorsOfBody : []),
    ...(route.params ? (['not_found'] as const) : []),
  ];
  return [...new Set(codes)];
}

function problemResponses(route: Route): Record<string, ZodOpenApiResponseObject> {
  const codes = errorCodesOf(route);
  const statuses = [...new Set(codes.map((code) => errorKinds[code].status))];
  return Object.fromEntries(
    statuses.map((status) => {
      const ofStatus = codes.filter((code) => errorKinds[code].status === status);
      return [String(status), problemResponse(status, ofStatus)];
    }),
  );
}

function problemResponse(status: number, codes: readonly ErrorCode[]): ZodOpenApiResponseObject {
  const examples = codes.map((code) => [
    code,
    { summary: errorKinds[code].title, value: problemOf(new AppError(code, `${errorKinds[code].title}.`), exampleId) },
  ]);
  return {
    description: codes.map((code) => `\`${code}\`: ${errorKinds[code].title}.`).join('\n\n'),
    headers: {
      ...requestIdHeader,
      ...(status === 401 ? { 'WWW-Authenticate': header('`Bearer realm="api"`') } : {}),
      ...(status === 429 || status === 503 ? { 'Retry-After': header('Seconds until it is worth trying again.') } : {}),
    },
    content: { 'application/problem+json': { schema: problemSchema, examples: Object.fromEntries(examples) } },
  };
}

const exampleId = '0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000';
