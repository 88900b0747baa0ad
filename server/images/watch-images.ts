import type { Image } from '../../core/contracts/image.ts';
import { AppError } from '../../core/errors.ts';
import type { LoadActor } from '../accounts/load-actor.ts';
import type { Actor } from '../kernel/actor.ts';
import type { ImageEvent, ImageEvents } from './image-events.ts';

export interface WatchImagesDeps {
  imageEvents: Pick<ImageEvents, 'subscribe'>;
  getImage: (actor: Actor, imageId: string) => Promise<Image>;
  loadActor: LoadActor;
}

export interface DeletedImage {
  id: string;
  deleted: true;
}

/** What somebody who watches is told; `id` is the place to come back to. */
export type ImageNews = { id: string } & (
  | { type: 'position' }
  | { type: 'reset' }
  | { type: 'image'; image: Image | DeletedImage }
);

export interface WatchImagesOptions {
  lastEventId: string | null;
  signal: AbortSignal;
}

/**
 * The actor's images as they change, each as it is then. It ends when the account has ended its tokens. The first item
 * comes, or a database that is away throws, before anything was sent.
 */
export function watchImagesOf({ imageEvents, getImage, loadActor }: WatchImagesDeps) {
  return async function* watchImages(actor: Actor, options: WatchImagesOptions): AsyncGenerator<ImageNews, undefined> {
    const { accountId: ownerId, tokenGeneration } = actor;
    for await (const event of imageEvents.subscribe({ ownerId, ...options })) {
      if (event.type !== 'image') {
        yield { id: event.cursor, type: event.type };
        continue;
      }
      const actorNow = await loadActor(ownerId);
      if (actorNow?.tokenGeneration !== tokenGeneration) return;
      yield { id: event.cursor, type: 'image', image: await imageOf(actorNow, event) };
    }
  };

  async function imageOf(actor: Actor, event: Extract<ImageEvent, { type: 'image' }>): Promise<Image | DeletedImage> {
    const deleted: DeletedImage = { id: event.imageId, deleted: true };
    if (event.deleted) return deleted;
    return getImage(actor, event.imageId).catch((error: unknown) => {
      if (error instanceof AppError && error.code === 'not_found') return deleted;
      throw error;
    });
  }
}

export type WatchImages = ReturnType<typeof watchImagesOf>;
