import {
  credentialsSchema,
  emptySchema,
  refreshRequestSchema,
  tokenPairSchema,
  verifyRequestSchema,
} from '../../core/contracts/token.ts';
import type { ErrorCode } from '../../core/errors.ts';
import { defineRoute, type Route } from '../http/route.ts';
import type { AuthenticatePassword } from './authenticate-password.ts';
import type { Tokens } from './tokens.ts';

export interface TokensRoutesDeps {
  authenticatePassword: AuthenticatePassword;
  tokens: Tokens;
}

const tag = 'Tokens';
const bodyErrors = ['invalid_request', 'too_large', 'unsupported_type', 'unsupported_encoding'] as const;
const tokenErrors: readonly ErrorCode[] = ['token_not_valid', ...bodyErrors];

export function tokensRoutes({ authenticatePassword, tokens }: TokensRoutesDeps): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/token',
      operationId: 'createToken',
      tag,
      summary: 'Log in',
      description: [
        'JSON, a form or multipart fields. The answer is the same, and as slow, for an unknown user, a wrong password',
        'and an inactive account. Failed logins are counted here, over tRPC and in the panel together: 10 per account',
        'and address, and 100 per address, in 10 minutes; then 429 with `Retry-After`, whatever the password.',
        'IPv6 addresses count by their /64.',
      ].join('\n'),
      auth: 'none',
      body: credentialsSchema,
      responses: { 200: { description: 'An access and a refresh token.', schema: tokenPairSchema } },
      errors: ['invalid_credentials', 'rate_limited', 'unavailable', ...bodyErrors],
      handler: async ({ body, origin }) => {
        return { status: 200, body: await authenticatePassword({ ...body, origin, via: 'rest' }, tokens.issue) };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/token/refresh',
      operationId: 'refreshToken',
      tag,
      summary: 'A new pair for a refresh token',
      description: [
        'A refresh token is good for one new pair. If the answer was lost, send it again: within 10 seconds (unless set',
        'otherwise), and while the new refresh token is unused, it gets the same pair again. After that, using it again',
        'revokes its whole family: everything that came from the same login. A family expires 14 days after its login',
        '(unless set otherwise), however often it is refreshed.',
      ].join('\n'),
      auth: 'none',
      body: refreshRequestSchema,
      responses: { 200: { description: 'The new pair.', schema: tokenPairSchema } },
      errors: tokenErrors,
      handler: async ({ body, origin }) => ({ status: 200, body: await tokens.refresh(body.refresh, origin) }),
    }),
    defineRoute({
      method: 'post',
      path: '/token/verify',
      operationId: 'verifyToken',
      tag,
      summary: 'Whether a token would be taken now',
      description: 'An access or a refresh token; a refresh token that was used or logged out is not valid.',
      auth: 'none',
      body: verifyRequestSchema,
      responses: { 200: { description: 'It would.', schema: emptySchema } },
      errors: tokenErrors,
      handler: async ({ body }) => {
        await tokens.verify(body.token);
        return { status: 200, body: {} };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/token/blacklist',
      operationId: 'blacklistToken',
      tag,
      summary: 'Log out',
      description: [
        'Ends the family of the refresh token. Access tokens that came with it end by themselves, within 15 minutes;',
        'a password change ends those at once, too.',
      ].join('\n'),
      auth: 'none',
      body: refreshRequestSchema,
      responses: { 200: { description: 'Logged out.', schema: emptySchema } },
      errors: tokenErrors,
      handler: async ({ body, origin }) => {
        await tokens.blacklist(body.refresh, origin);
        return { status: 200, body: {} };
      },
    }),
  ];
}
