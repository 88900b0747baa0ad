import { credentialsSchema, refreshRequestSchema } from '../../core/contracts/token.ts';
import { publicProcedure, router } from '../trpc/trpc.ts';
import type { TokensRoutesDeps } from './tokens.routes.ts';

export function authRouter({ authenticatePassword, tokens }: TokensRoutesDeps) {
  return router({
    token: publicProcedure.input(credentialsSchema).mutation(async ({ input, ctx }) => {
      return authenticatePassword({ ...input, origin: ctx.origin, via: 'trpc' }, tokens.issue);
    }),
    refresh: publicProcedure
      .input(refreshRequestSchema)
      .mutation(({ input, ctx }) => tokens.refresh(input.refresh, ctx.origin)),
    /** Logs out. */
    revoke: publicProcedure.input(refreshRequestSchema).mutation(async ({ input, ctx }) => {
      await tokens.blacklist(input.refresh, ctx.origin);
    }),
  });
}
