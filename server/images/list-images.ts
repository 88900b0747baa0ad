import { hash } from 'node:crypto';
import type { Sequelize } from 'sequelize';
import type { Image } from '../../core/contracts/image.ts';
import type { Actor } from '../kernel/actor.ts';
import type { PresentImage } from './image.presenter.ts';
import { positionOf, type StoredImage, selectImagePage } from './image-table.ts';
import { decodeCursor, encodeCursor, type ImagePosition, type ListFilter } from './list-cursor.ts';
import type { SignedUrls } from './signed-urls.ts';

export type { ListFilter } from './list-cursor.ts';

export interface ListImagesDeps {
  sequelize: Sequelize;
  presentImage: PresentImage;
}

export interface ListPage extends ListFilter {
  /** 1 to 1000. */
  limit: number;
  cursor?: string;
}

const streamedAtOnce = 250;
/** Those of more images would only push each other out before anybody reads them again. */
const keptUrlsOfImages = 2_000;

/** One page of the actor's images. `nextCursor` is null when there are no more. */
export function listImagesOf({ sequelize, presentImage }: ListImagesDeps) {
  return async (actor: Actor, page: ListPage): Promise<{ items: Image[]; nextCursor: string | null }> => {
    const after = page.cursor === undefined ? null : decodeCursor(page.cursor, page);
    const found = await selectImagePage(sequelize, actor.accountId, { ...page, after, limit: page.limit + 1 });
    const images = found.slice(0, page.limit);
    const last = images.at(-1);
    const hasMore = found.length > images.length;
    return {
      items: images.map((image) => presentImage(image, actor.tier)),
      nextCursor: hasMore && last ? encodeCursor(page, positionOf(last, page.order)) : null,
    };
  };
}

/** All of the actor's images, a few hundred rows in memory at a time. An image that comes meanwhile may be left out. */
export function streamImagesOf({ sequelize, presentImage }: ListImagesDeps) {
  return async function* streamImages(actor: Actor, filter: ListFilter): AsyncGenerator<Image> {
    let after: ImagePosition | null = null;
    for (let seen = 0; ; seen += streamedAtOnce) {
      const keepUrls = seen < keptUrlsOfImages;
      const found: StoredImage[] = await selectImagePage(sequelize, actor.accountId, {
        ...filter,
        after,
        limit: streamedAtOnce,
      });
      for (const image of found) yield presentImage(image, actor.tier, { keepUrls });
      const last = found.at(-1);
      if (found.length < streamedAtOnce || !last) return;
      after = positionOf(last, filter.order);
    }
  };
}

/**
 * The weak ETag of a list, without reading any image: whatever changes in what a list shows changes it. Beside rows and
 * tier these are the presigned URLs: no 304 may let a URL live on that is dead.
 */
export function listTagOf({ signedUrls }: { signedUrls: Pick<SignedUrls, 'windowTag'> }) {
  return function listTag({ accountId, imagesVersion, tier }: Actor, parameters: Record<string, unknown>): string {
    const window = signedUrls.windowTag(new Date());
    const facts = [accountId, imagesVersion, tier.id, tier.version, window, Object.entries(parameters).sort()];
    return `W/"${hash('sha256', JSON.stringify(facts), 'base64url').slice(0, 27)}"`;
  };
}
