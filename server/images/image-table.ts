import type { Sequelize, Transaction } from 'sequelize';
import { type ImageOrder, imageOrders } from '../../core/contracts/image.ts';
import type { ThumbnailFormat } from '../../core/contracts/tier.ts';
import type { Failure, ImageWarning } from '../../core/thumbnails/thumbnail-result.ts';
import { defineStatement, execute, executeForOne, type Statement } from '../db/statement.ts';
import type { ImageStatus } from './image.model.ts';
import type { ImagePosition, ListFilter } from './list-cursor.ts';

export interface StoredThumbnail {
  tierHeight: number;
  format: ThumbnailFormat;
  width: number;
  height: number;
  bytes: number;
  contentType: string;
  objectKey: string;
  createdAt: Date;
}

/** An image that is stored, with its thumbnails: plain, as it is presented. */
export interface StoredImage {
  id: string;
  ownerId: string;
  name: string;
  objectKey: string;
  contentType: string;
  bytes: number;
  width: number;
  height: number;
  sha256: string;
  status: ImageStatus;
  failureCode: Failure['code'] | null;
  failureMessage: string | null;
  warnings: ImageWarning[];
  placeholder: string | null;
  /** How often it brought the decoder down. */
  crashCount: number;
  createdAt: Date;
  updatedAt: Date;
  thumbnails: StoredThumbnail[];
}

/** An image and one of its thumbnails; an image without thumbnails has one row, with nulls. */
interface StoredImageRow extends Omit<StoredImage, 'thumbnails'> {
  thumbnailTierHeight: number | null;
  thumbnailFormat: ThumbnailFormat;
  thumbnailWidth: number;
  thumbnailHeight: number;
  thumbnailBytes: number;
  thumbnailContentType: string;
  thumbnailObjectKey: string;
  thumbnailCreatedAt: Date;
}

/**
 * Defines the statement that reads images with their thumbnails, however many they are. `where` may read the alias
 * `image`; `order` is a list of its columns. Images whose upload still runs are left out.
 *
 * `OFFSET 0` keeps PostgreSQL from joining the tables as wholes: it looks thumbnails up image by image, in the order of
 * the images.
 */
function selectImages<Values extends readonly unknown[]>(
  name: string,
  {
    where,
    order,
    limit,
    plannedEachTime,
  }: { where: string; order?: string; limit?: string; plannedEachTime?: boolean },
): Statement<StoredImageRow, Values> {
  const orderBy = order ? `ORDER BY ${order}` : '';
  const images = `SELECT * FROM images image WHERE image.state = 'stored' AND ${where}`;
  return defineStatement<StoredImageRow, Values>({
    name: `images.${name}`,
    plannedEachTime,
    columns: {
      id: 'uuid',
      ownerId: 'uuid',
      name: 'text',
      objectKey: 'text',
      contentType: 'text',
      bytes: 'int8',
      width: 'int4',
      height: 'int4',
      sha256: 'text',
      status: 'text',
      failureCode: 'text',
      failureMessage: 'text',
      warnings: '_text',
      placeholder: 'text',
      crashCount: 'int4',
      createdAt: 'timestamptz',
      updatedAt: 'timestamptz',
      thumbnailTierHeight: 'int4',
      thumbnailFormat: 'text',
      thumbnailWidth: 'int4',
      thumbnailHeight: 'int4',
      thumbnailBytes: 'int8',
      thumbnailContentType: 'text',
      thumbnailObjectKey: 'text',
      thumbnailCreatedAt: 'timestamptz',
    },
    text: `SELECT image.id, image.owner_id AS "ownerId", image.name, image.object_key AS "objectKey",
        image.content_type AS "contentType", image.bytes, image.width, image.height, image.sha256, image.status,
        image.failure_code AS "failureCode", image.failure_message AS "failureMessage", image.warnings, image.placeholder,
        image.crash_count AS "crashCount", image.created_at AS "createdAt", image.updated_at AS "updatedAt",
        thumbnail.tier_height AS "thumbnailTierHeight", thumbnail.format AS "thumbnailFormat",
        thumbnail.width AS "thumbnailWidth", thumbnail.height AS "thumbnailHeight",
        thumbnail.bytes AS "thumbnailBytes", thumbnail.content_type AS "thumbnailContentType",
        thumbnail.object_key AS "thumbnailObjectKey", thumbnail.created_at AS "thumbnailCreatedAt"
      FROM (${images} ${orderBy} ${limit ? `LIMIT ${limit}` : ''}) image
      LEFT JOIN LATERAL (SELECT * FROM thumbnails WHERE image_id = image.id OFFSET 0) thumbnail ON true ${orderBy}`,
  });
}

/** Rows of one image follow each other. */
function toStoredImages(rows: readonly StoredImageRow[]): StoredImage[] {
  const images: StoredImage[] = [];
  let latest: StoredImage | undefined;
  for (const row of rows) {
    if (latest?.id !== row.id) {
      latest = {
        id: row.id,
        ownerId: row.ownerId,
        name: row.name,
        objectKey: row.objectKey,
        contentType: row.contentType,
        bytes: row.bytes,
        width: row.width,
        height: row.height,
        sha256: row.sha256,
        status: row.status,
        failureCode: row.failureCode,
        failureMessage: row.failureMessage,
        warnings: row.warnings,
        placeholder: row.placeholder,
        crashCount: row.crashCount,
        createdAt: row.createdAt,
        updatedAt: row.updatedAt,
        thumbnails: [],
      };
      images.push(latest);
    }
    if (row.thumbnailTierHeight === null) continue;
    latest.thumbnails.push({
      tierHeight: row.thumbnailTierHeight,
      format: row.thumbnailFormat,
      width: row.thumbnailWidth,
      height: row.thumbnailHeight,
      bytes: row.thumbnailBytes,
      contentType: row.thumbnailContentType,
      objectKey: row.thumbnailObjectKey,
      createdAt: row.thumbnailCreatedAt,
    });
  }
  return images;
}

const findOne = selectImages<[imageId: string, ownerId: string]>('find', {
  where: 'image.id = $1 AND image.owner_id = $2',
});

/** One image of one account; null when there is none, or it is another's. */
export async function findStoredImage(
  on: Sequelize | Transaction,
  ownerId: string,
  imageId: string,
): Promise<StoredImage | null> {
  const { rows } = await execute(on, findOne, [imageId, ownerId]);
  return toStoredImages(rows)[0] ?? null;
}

const status = defineStatement<{ status: ImageStatus }, [imageId: string]>({
  name: 'images.status',
  columns: { status: 'text' },
  text: 'SELECT status FROM images WHERE id = $1',
});

/** Of an image in any state; null when there is none. */
export async function findImageStatus(on: Sequelize | Transaction, imageId: string): Promise<ImageStatus | null> {
  return (await executeForOne(on, status, [imageId]))?.status ?? null;
}

const findByReference = defineStatement<
  { id: string; name: string },
  [ownerId: string, imageId: string | null, imageName: string]
>({
  name: 'images.find-by-reference',
  columns: { id: 'uuid', name: 'text' },
  text: `SELECT id, name FROM images
    WHERE owner_id = $1 AND state = 'stored' AND (id = $2::uuid OR name = $3)
    ORDER BY (id = $2::uuid) DESC NULLS LAST LIMIT 1`,
});

/** An account's image of this id, else the one of exactly this name; null when there is none. */
export function findImageByReference(
  on: Sequelize | Transaction,
  ownerId: string,
  { imageId, imageName }: { imageId: string | null; imageName: string },
): Promise<{ id: string; name: string } | null> {
  return executeForOne(on, findByReference, [ownerId, imageId, imageName]);
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

export function positionOf(image: StoredImage, order: ImageOrder): ImagePosition {
  return { key: orders[order].keyOf(image), id: image.id };
}

export interface ImagePage extends ListFilter {
  after: ImagePosition | null;
  limit: number;
}

const pageShapes = new Map<string, Statement<StoredImageRow, readonly unknown[]>>();
for (const order of imageOrders) {
  for (const name of [false, true]) {
    for (const status of [false, true]) {
      for (const after of [false, true]) {
        const shape = shapeOf({ order, name, status, after });
        pageShapes.set(shape, definePage(shape, { order, name, status, after }));
      }
    }
  }
}

interface PageShape {
  order: ImageOrder;
  name: boolean;
  status: boolean;
  after: boolean;
}

function shapeOf({ order, name, status, after }: PageShape): string {
  return `page ${order}${name ? ' by name' : ''}${status ? ' by status' : ''}${after ? ' after' : ''}`;
}

/** Its values: owner, limit, then what the shape has of name, status, and key and id of the position. */
function definePage(shape: string, { order, name, status, after }: PageShape) {
  const { column, type, direction } = orders[order];
  let values = 2;
  const where = ['image.owner_id = $1'];
  if (name) where.push(`strpos(${folded('image.name')}, ${folded(`$${++values}::text`)}) > 0`);
  if (status) where.push(`image.status = $${++values}`);
  if (after) {
    const than = direction === 'DESC' ? '<' : '>';
    where.push(`(image.${column}, image.id) ${than} ($${++values}::${type}, $${++values}::uuid)`);
  }
  return selectImages<readonly unknown[]>(shape, {
    where: where.join(' AND '),
    order: `image.${column} ${direction}, image.id ${direction}`,
    limit: '$2',
    plannedEachTime: true,
  });
}

/** One page of an account's images. */
export async function selectImagePage(
  on: Sequelize | Transaction,
  ownerId: string,
  { order, name, status, after, limit }: ImagePage,
): Promise<StoredImage[]> {
  const shape = shapeOf({ order, name: name !== undefined, status: status !== undefined, after: after !== null });
  const statement = pageShapes.get(shape);
  if (!statement) throw new Error(`there is no statement for ${shape}`);
  const values: unknown[] = [ownerId, limit];
  if (name !== undefined) values.push(name);
  if (status !== undefined) values.push(status);
  if (after) values.push(after.key, after.id);
  return toStoredImages((await execute(on, statement, values)).rows);
}

/**
 * SQL of a text in which characters that a person reads as the same are the same: full and half width, kinds of space
 * (every screenshot of macOS has U+202F in its name), ligatures (NFKC; U+1680 is the one space that it leaves), and case, by
 * way of the upper case, which joins both small sigmas. The column's own collation is "C", which knows no case beyond
 * ASCII; the database's own one does. A name in ASCII costs no more than it
 * does with ILIKE.
 */
function folded(text: string): string {
  const any = `lower(upper(translate(normalize(${text}, NFKC), U&'\\1680', ' ') COLLATE "default"))`;
  return `CASE WHEN octet_length(${text}) = length(${text}) THEN lower(${text}) ELSE ${any} END`;
}
