import { tokenPairSchema } from '../../core/contracts/token.ts';
import { changePasswordSchema, type Me, meSchema } from '../../core/contracts/user.ts';
import { defineRoute, type Route } from '../http/route.ts';
import type { Actor, Origin } from '../kernel/actor.ts';
import type { Tokens } from './tokens.ts';

export interface MeRoutesDeps {
  getMe: (actor: Actor) => Promise<Me>;
  changeOwnPassword: (
    actor: Actor,
    input: { current: string; new: string },
    origin: Origin,
  ) => Promise<{ id: string; tokenGeneration: number }>;
  tokens: Pick<Tokens, 'issue'>;
}

const tag = 'Account';

export function meRoutes({ getMe, changeOwnPassword, tokens }: MeRoutesDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/me',
      operationId: 'getMe',
      tag,
      summary: 'Your account, its tier and what it uses',
      auth: 'bearer',
      responses: { 200: { description: 'Your account.', schema: meSchema } },
      errors: [],
      handler: async ({ actor }) => ({ status: 200, body: await getMe(actor) }),
    }),
    defineRoute({
      method: 'post',
      path: '/me/password',
      operationId: 'changePassword',
      tag,
      summary: 'Change your password',
      description: [
        'Ends all tokens and sessions of the account, the token of this very request too; the answer is a new pair to',
        'go on with. A wrong current password counts as a failed login.',
        'A password has 12 to 1024 characters of any kind; it is not the username and not a common one.',
      ].join('\n'),
      auth: 'bearer',
      body: changePasswordSchema,
      responses: { 200: { description: 'Changed. The tokens to go on with.', schema: tokenPairSchema } },
      errors: [
        'invalid_request',
        'weak_password',
        'rate_limited',
        'unavailable',
        'too_large',
        'unsupported_type',
        'unsupported_encoding',
      ],
      handler: async ({ actor, body, origin }) => {
        const account = await changeOwnPassword(actor, body, origin);
        return { status: 200, body: await tokens.issue(account) };
      },
    }),
  ];
}
