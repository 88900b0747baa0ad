import { z } from 'zod';
import { createUserSchema, listUsersSchema, setPasswordSchema, updateUserSchema } from '../../core/contracts/user.ts';
import { recordId } from '../trpc/record-id.ts';
import { router, userProcedure } from '../trpc/trpc.ts';
import { presentAccount } from './account.presenter.ts';
import type { createAccountOf } from './create-account.ts';
import type { deleteAccountOf } from './delete-account.ts';
import type { getAccountOf } from './get-account.ts';
import type { listAccountsOf } from './list-accounts.ts';
import type { setPasswordOf } from './set-password.ts';
import type { updateAccountOf } from './update-account.ts';

export interface UsersRouterDeps {
  list: ReturnType<typeof listAccountsOf>;
  get: ReturnType<typeof getAccountOf>;
  create: ReturnType<typeof createAccountOf>;
  update: ReturnType<typeof updateAccountOf>;
  delete: ReturnType<typeof deleteAccountOf>;
  setPassword: ReturnType<typeof setPasswordOf>;
}

const byId = z.object({ id: recordId });

/** For staff: each use case asks for the right it needs. */
export function usersRouter(accounts: UsersRouterDeps) {
  return router({
    list: userProcedure
      .input(listUsersSchema.extend({ cursor: z.string().nullish() }).prefault({}))
      .query(async ({ input, ctx }) => {
        const page = await accounts.list(ctx.actor, { ...input, cursor: input.cursor ?? undefined });
        return { items: page.items.map(presentAccount), nextCursor: page.nextCursor };
      }),
    get: userProcedure
      .input(byId)
      .query(async ({ input, ctx }) => presentAccount(await accounts.get(ctx.actor, input.id))),
    create: userProcedure.input(createUserSchema).mutation(async ({ input, ctx }) => {
      const { id } = await accounts.create(ctx.actor, input, ctx.origin);
      return { id };
    }),
    update: userProcedure
      .input(z.object({ id: recordId, changes: updateUserSchema }))
      .mutation(async ({ input, ctx }) => {
        await accounts.update(ctx.actor, input.id, input.changes, ctx.origin);
        return { id: input.id };
      }),
    delete: userProcedure
      .input(byId)
      .mutation(async ({ input, ctx }) => accounts.delete(ctx.actor, input.id, ctx.origin)),
    setPassword: userProcedure.input(byId.extend(setPasswordSchema.shape)).mutation(async ({ input, ctx }) => {
      await accounts.setPassword(ctx.actor, input.id, input.password, ctx.origin);
    }),
  });
}
