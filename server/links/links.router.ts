import { z } from 'zod';
import { maxLinkUses } from '../../core/contracts/link.ts';
import { recordId } from '../trpc/record-id.ts';
import { router, userProcedure } from '../trpc/trpc.ts';
import type { LinksRoutesDeps } from './links.routes.ts';

const newLinkSchema = z.object({
  /** The id of one of your images, else the exact name of one. */
  image: z.string().min(1),
  /** Whole seconds, within the bounds of your tier. */
  expireTime: z.int(),
  maxUses: z.int().min(1).max(maxLinkUses).nullish(),
  /** Of a thumbnail, instead of the original. */
  height: z.int().nullish(),
});

export function linksRouter({ createLink, listLinks, revokeLink }: LinksRoutesDeps) {
  return router({
    create: userProcedure
      .meta({ limitedAs: 'links' })
      .input(newLinkSchema)
      .mutation(({ input, ctx }) => createLink(ctx.actor, input)),
    list: userProcedure
      .input(z.object({ image: z.string().min(1).optional() }).prefault({}))
      .query(async ({ input, ctx }) => {
        const links = [];
        for await (const link of listLinks(ctx.actor, input)) links.push(link);
        return links;
      }),
    revoke: userProcedure
      .input(z.object({ id: recordId }))
      .mutation(({ input, ctx }) => revokeLink(ctx.actor, input.id, ctx.origin)),
  });
}
