import { tracked } from '@trpc/server';
import { octetInputParser } from '@trpc/server/http';
import { z } from 'zod';
import { listImagesInputSchema, onConflictSchema, renameImageSchema } from '../../core/contracts/image.ts';
import { accessTokenEnd } from '../http/access-token-end.ts';
import { recordId } from '../trpc/record-id.ts';
import { router, userProcedure } from '../trpc/trpc.ts';
import type { ImagesRoutesDeps } from './images.routes.ts';
import type { DeletedImage, WatchImages } from './watch-images.ts';

export interface ImagesRouterDeps
  extends Pick<ImagesRoutesDeps, 'receiveUpload' | 'listImages' | 'getImage' | 'renameImage' | 'deleteImage'> {
  watchImages: WatchImages;
  /** Aborted when the server begins to stop. */
  stopping: AbortSignal;
}

const byId = z.object({ id: recordId });

export function imagesRouter(images: ImagesRouterDeps) {
  return router({
    /** Pages for an infinite query. */
    list: userProcedure
      .input(listImagesInputSchema.prefault({}))
      .query(({ input, ctx }) => images.listImages(ctx.actor, { ...input, cursor: input.cursor ?? undefined })),
    get: userProcedure.input(byId).query(({ input, ctx }) => images.getImage(ctx.actor, input.id)),
    rename: userProcedure
      .input(byId.extend(renameImageSchema.shape))
      .mutation(({ input: { id, name }, ctx }) =>
        images.renameImage(ctx.actor, { imageId: id, name, origin: ctx.origin }),
      ),
    delete: userProcedure.input(byId).mutation(({ input, ctx }) => images.deleteImage(ctx.actor, input.id)),
    /**
     * The image as a Blob or a stream of octets; name, key, digest and preference in the headers of POST
     * `/image/upload`. tRPC would read the body ahead without holding the sender back, so it is given none: the body is
     * read here.
     */
    upload: userProcedure
      .meta({ limitedAs: 'uploads' })
      .input(octetInputParser)
      .mutation(async ({ ctx }) => {
        const onConflict = onConflictSchema.parse(
          new URL(ctx.req.url, 'http://localhost').searchParams.get('on_conflict') ?? undefined,
        );
        const { image } = await images.receiveUpload(ctx.req, ctx.res, ctx.actor, {
          path: '/trpc/images.upload',
          query: { on_conflict: onConflict },
        });
        return image;
      }),
    /** Each image as it changes. After a lost connection it goes on where it was; a `reset` means: read the list anew. */
    onChange: userProcedure
      .input(z.object({ lastEventId: z.string().nullish() }).prefault({}))
      .subscription(async function* ({ input, ctx, signal }) {
        const tokenEnds = AbortSignal.timeout(Math.max(0, accessTokenEnd(ctx.req) - Date.now()));
        const until = AbortSignal.any([...(signal ? [signal] : []), images.stopping, tokenEnds]);
        const watch = { lastEventId: input.lastEventId ?? null, signal: until };
        for await (const news of images.watchImages(ctx.actor, watch)) {
          if (news.type === 'position') yield tracked(news.id, { type: 'position' as const });
          else if (news.type === 'reset') yield tracked(news.id, { type: 'reset' as const });
          else if (isDeleted(news.image)) yield tracked(news.id, { type: 'deleted' as const, id: news.image.id });
          else yield tracked(news.id, { type: 'image' as const, image: news.image });
        }
      }),
  });
}

function isDeleted(image: object): image is DeletedImage {
  return 'deleted' in image;
}
