import { createDocument, type ZodOpenApiPathsObject } from 'zod-openapi';
import { problemSchema } from '../../core/contracts/problem.ts';
import { openApiOperation } from './openapi-operation.ts';
import type { Route } from './route.ts';

export interface OpenApiDeps {
  publicUrl: string;
  routes: readonly Route[];
}

const about = `
Upload images, get their thumbnails, hand out links. What your *tier* includes decides which thumbnails are made, whether
you get a link to the original, and whether you may make expiring links.

**Addresses.** Every path works with and without its trailing slash and under \`/api\` too; \`/api/images[/…]\` is
\`/image/…\` (POST there uploads, GET lists). Several slashes in a row count as one. HEAD works wherever GET does. A method
that a path does not have is 405 with \`Allow\`; an unknown path or a malformed id is 404; a parameter that is given twice
is 400, and an empty one (\`status=\`) is as one that is not given.

**Values.** JSON keys are camelCase; times are ISO 8601 in UTC with milliseconds; sizes are bytes; heights and widths are
pixels, as a person sees the image.

**Logging in.** POST \`/token/\` gives an access and a refresh token. Send the access token as
\`Authorization: Bearer …\`, never in an address. What belongs to another account is 404.

**Errors** are \`application/problem+json\` (RFC 9457). Decide by \`code\`; it is stable. \`instance\` is the request's id, as in
the header \`X-Request-Id\`: tell it when you report something. A 429 or 503 says in \`Retry-After\` when to come back.

**Other web pages** may call this API when their origin is in \`CORS_ORIGINS\`. Limits on the number of requests
are generous; \`RateLimit-Policy\` says what they are and \`RateLimit\` what is left.
`.trim();

const tagDescriptions: Record<string, string> = {
  Tokens: 'Log in, stay logged in, log out.',
  Account: 'Who you are, and what you have used.',
  Images: 'Upload, list, rename and delete.',
  'Expiring links': 'Public links that end by themselves.',
  Service: 'The service itself.',
};

/** The document of all routes, made from the same definitions that are mounted. */
export function openApiDocument({ publicUrl, routes }: OpenApiDeps) {
  const paths: ZodOpenApiPathsObject = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: openApiOperation(route) };
  }
  const document = createDocument({
    openapi: '3.1.0',
    info: { title: 'Darkroom', version: '1', license: { name: 'MIT', identifier: 'MIT' }, description: about },
    servers: [{ url: publicUrl }],
    tags: [...new Set(routes.map((route) => route.tag))].map((name) => ({ name, description: tagDescriptions[name] })),
    paths,
    components: {
      schemas: { Problem: problemSchema },
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'The `access` token of POST `/token/`.',
        },
      },
    },
  });
  for (const path of Object.values(document.paths ?? {})) {
    for (const operation of Object.values(path)) allowEmptyValues(operation);
  }
  return document;
}

/** An empty parameter of a query is as one that is not given, which OpenAPI has a word for. */
function allowEmptyValues(operation: { parameters?: object[] }): void {
  for (const parameter of (operation.parameters ?? []) as {
    in?: string;
    required?: boolean;
    allowEmptyValue?: boolean;
  }[]) {
    if (parameter.in === 'query' && !parameter.required) parameter.allowEmptyValue = true;
  }
}
