import { z } from 'zod';
import { createTierSchema, updateTierSchema } from '../../core/contracts/tier.ts';
import { can } from '../kernel/permissions.ts';
import { recordId } from '../trpc/record-id.ts';
import { router, userProcedure } from '../trpc/trpc.ts';
import type { createTierOf } from './create-tier.ts';
import type { deleteTierOf } from './delete-tier.ts';
import type { getTierOf, listTiersOf } from './list-tiers.ts';
import { presentTier, presentTierForStaff } from './tier.presenter.ts';
import type { updateTierOf } from './update-tier.ts';

export interface TiersRouterDeps {
  list: ReturnType<typeof listTiersOf>;
  get: ReturnType<typeof getTierOf>;
  create: ReturnType<typeof createTierOf>;
  update: ReturnType<typeof updateTierOf>;
  delete: ReturnType<typeof deleteTierOf>;
}

/** For staff: each use case asks for the right it needs. */
export function tiersRouter(tiers: TiersRouterDeps) {
  return router({
    list: userProcedure.query(async ({ ctx }) => (await tiers.list(ctx.actor)).map(presentTierForStaff)),
    get: userProcedure
      .input(z.object({ id: recordId }))
      .query(async ({ input, ctx }) => presentTierForStaff(await tiers.get(ctx.actor, input.id))),
    create: userProcedure
      .input(createTierSchema)
      .mutation(async ({ input, ctx }) => presentTier(await tiers.create(ctx.actor, input, ctx.origin))),
    update: userProcedure
      .input(z.object({ id: recordId, changes: updateTierSchema }))
      .mutation(async ({ input, ctx }) => {
        const { id, name } = await tiers.update(ctx.actor, input.id, input.changes, ctx.origin);
        // Changed is changed: who may not view tiers gets what names it, and no error.
        return can(ctx.actor, 'tiers.view') ? presentTierForStaff(await tiers.get(ctx.actor, id)) : { id, name };
      }),
    /** `in_use` while accounts have it, unless they are moved to another tier in the same step. */
    delete: userProcedure
      .input(z.object({ id: recordId, moveAccountsTo: z.uuid().optional() }))
      .mutation(async ({ input: { id, ...options }, ctx }) => tiers.delete(ctx.actor, id, ctx.origin, options)),
  });
}
