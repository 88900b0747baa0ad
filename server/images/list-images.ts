import { createHash } from 'node:crypto';
import { QueryTypes, type Sequelize } from 'sequelize';
import type { Image, ImageOrder } from '../../core/contracts/image.ts';
import type { ObjectStore } from '../../core/storage/object-store.ts';
import type { Actor } from '../accounts/actor.ts';
import type { PresentImage } from './image.presenter.ts';
import { decodeCursor, encodeCursor, type ListFilter, type ListPosition } from './list-cursor.ts';
import { signedForSeconds, signingWindowStart } from './signing-window.ts';
import { type StoredImage, selectStoredImages } from './stored-image.ts';

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

/** One page of the actor's images. `nextCursor` is null when there are no more. */
export function listImagesOf({ sequelize, presentImage }: ListImagesDeps) {
  return async (actor: Actor, page: ListPage): Promise<{ items: Image[]; nextCursor: string | null }> => {
    const after = page.cursor === undefined ? null : decodeCursor(page.cursor, page);
    const found = await selectPage(sequelize, actor.accountId, page, { after, limit: page.limit + 1 });
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
    let after: ListPosition | null = null;
    for (;;) {
      const found: StoredImage[] = await selectPage(sequelize, actor.accountId, filter, {
        after,
        limit: streamedAtOnce,
      });
      for (const image of found) yield presentImage(image, actor.tier);
      const last = found.at(-1);
      if (found.length < streamedAtOnce || !last) return;
      after = positionOf(last, filter.order);
    }
  };
}

/**
 * The weak ETag of a list, without reading any image: whatever changes in what a list shows changes it. Beside rows and
 * tier these are the presigned URLs; a signature for nothing stands for the window and for the store's credentials, so
 * that no 304 lets an URL live on that is dead.
 */
export function listTagOf({ sequelize, store }: { sequelize: Sequelize; store: Pick<ObjectStore, 'presignGet'> }) {
  return async ({ accountId, tier }: Actor, parameters: Record<string, unknown>): Promise<string> => {
    const [account] = await sequelize.query<{ imagesVersion: number }>(
      'SELECT images_version AS "imagesVersion" FROM accounts WHERE id = $1',
      { type: QueryTypes.SELECT, bind: [accountId] },
    );
    const probe = store.presignGet('originals', accountId, {
      signedAt: signingWindowStart(new Date()),
      expiresInSeconds: signedForSeconds,
    });
    const facts = [accountId, account?.imagesVersion, tier.id, tier.version, probe, Object.entries(parameters).sort()];
    return `W/"${createHash('sha256').update(JSON.stringify(facts)).digest('base64url').slice(0, 27)}"`;
  };
}

interface OrderSql {
  column: string;
  type: string;
  /** Ties go by id, the same way. Each order is an index of the table, read forwards or backwards. */
  direction: 'ASC' | 'DESC';
  keyOf(image: StoredImage): string | number;
}

const byCreatedAt = {
  column: 'created_at',
  type: 'timestamptz',
  keyOf: (image: StoredImage) => image.createdAt.toISOString(),
};
const byName = { column: 'name', type: 'text', keyOf: (image: StoredImage) => image.name };
const byBytes = { column: 'bytes', type: 'bigint', keyOf: (image: StoredImage) => image.bytes };

const orders: Record<ImageOrder, OrderSql> = {
  '-createdAt': { ...byCreatedAt, direction: 'DESC' },
  createdAt: { ...byCreatedAt, direction: 'ASC' },
  name: { ...byName, direction: 'ASC' },
  '-name': { ...byName, direction: 'DESC' },
  bytes: { ...byBytes, direction: 'ASC' },
  '-bytes': { ...byBytes, direction: 'DESC' },
};

function positionOf(image: StoredImage, order: ImageOrder): ListPosition {
  return { key: orders[order].keyOf(image), id: image.id };
}

function selectPage(
  sequelize: Sequelize,
  ownerId: string,
  { order, name, status }: ListFilter,
  { after, limit }: { after: ListPosition | null; limit: number },
): Promise<StoredImage[]> {
  const { column, type, direction } = orders[order];
  const bind: unknown[] = [ownerId, limit];
  const value = (given: unknown) => `$${bind.push(given)}`;
  const where = ['image.owner_id = $1'];
  // The column's own collation is "C", which knows no case beyond ASCII; the database's own one does.
  if (name !== undefined) where.push(`image.name COLLATE "default" ILIKE ${value(`%${escapeLike(name)}%`)}`);
  if (status !== undefined) where.push(`image.status = ${value(status)}`);
  if (after) {
    const than = direction === 'DESC' ? '<' : '>';
    where.push(`(image.${column}, image.id) ${than} (${value(after.key)}::${type}, ${value(after.id)}::uuid)`);
  }
  return selectStoredImages(sequelize, {
    where: where.join(' AND '),
    tail: `ORDER BY image.${column} ${direction}, image.id ${direction} LIMIT $2`,
    bind,
  });
}

/** Names are in NFC; what is looked for has to be so too. */
function escapeLike(text: string): string {
  return text.normalize('NFC').replaceAll(/[\\%_]/g, '\\$&');
}
