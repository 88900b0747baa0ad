import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import type { ThumbnailFormat } from '../../core/contracts/tier.ts';
import type { Failure } from '../../core/thumbnails/thumbnail-result.ts';
import type { ImageStatus } from './image.model.ts';

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
  placeholder: string | null;
  /** How often it brought the decoder down. */
  crashCount: number;
  createdAt: Date;
  updatedAt: Date;
  thumbnails: StoredThumbnail[];
}

type Row = Omit<StoredImage, 'thumbnails'> & {
  thumbnails: (Omit<StoredThumbnail, 'createdAt'> & { createdAt: string })[];
};

/** Conditions, order and limit after `FROM images image`; `bind` is for `$1`, `$2`, … in them. */
export interface ImageSelection {
  where: string;
  tail?: string;
  bind: unknown[];
  transaction?: Transaction;
}

/** Stored images with their thumbnails, in one statement however many they are. Uploads that still run are not there. */
export async function selectStoredImages(
  sequelize: Sequelize,
  { where, tail = '', bind, transaction }: ImageSelection,
): Promise<StoredImage[]> {
  const rows = await sequelize.query<Row>(
    `SELECT image.id, image.owner_id AS "ownerId", image.name, image.object_key AS "objectKey",
       image.content_type AS "contentType", image.bytes, image.width, image.height, image.sha256, image.status,
       image.failure_code AS "failureCode", image.failure_message AS "failureMessage", image.placeholder,
       image.crash_count AS "crashCount", image.created_at AS "createdAt", image.updated_at AS "updatedAt",
       COALESCE((
         SELECT json_agg(json_build_object('tierHeight', tier_height, 'format', format, 'width', width,
           'height', height, 'bytes', bytes, 'contentType', content_type, 'objectKey', object_key,
           'createdAt', created_at))
         FROM thumbnails WHERE image_id = image.id), '[]') AS thumbnails
     FROM images image WHERE image.state = 'stored' AND ${where} ${tail}`,
    { type: QueryTypes.SELECT, bind, transaction },
  );
  return rows.map((row) => ({
    ...row,
    thumbnails: row.thumbnails.map((thumbnail) => ({ ...thumbnail, createdAt: new Date(thumbnail.createdAt) })),
  }));
}

/** One image of one account; null when there is none, or it is another's. */
export async function findStoredImage(
  sequelize: Sequelize,
  ownerId: string,
  imageId: string,
  transaction?: Transaction,
): Promise<StoredImage | null> {
  const where = 'image.id = $1 AND image.owner_id = $2';
  const [image] = await selectStoredImages(sequelize, { where, bind: [imageId, ownerId], transaction });
  return image ?? null;
}
