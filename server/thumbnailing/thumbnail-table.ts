import type { Sequelize, Transaction } from 'sequelize';
import { defineStatement, execute, executeForOne } from '../db/statement.ts';
import type { ImageState } from '../images/image.model.ts';
import type { TierThumbnails } from '../images/missing-thumbnails.ts';
import { imageEventsSql } from '../images/record-image-change.ts';
import type { ImageSoFar, Settlement, ThumbnailSoFar } from './settle-image.ts';

/** An image as one statement saw it, with all that decides what a result changes. */
export interface ImageToSettle extends ImageSoFar, TierThumbnails {
  id: string;
  ownerId: string;
  objectKey: string;
  state: ImageState;
  failureMessage: string | null;
  workDueAt: Date | null;
  attempts: number;
  tierId: string;
  /** Another one with every change of the image's row. */
  rowVersion: string;
  thumbnails: ThumbnailSoFar[];
}

type ThumbnailInJson = Omit<ThumbnailSoFar, 'createdAt'> & { createdAt: number };
type ToSettleRow = Omit<ImageToSettle, 'thumbnails'> & { thumbnails: ThumbnailInJson[] };

const toSettle = defineStatement<ToSettleRow, [imageId: string]>({
  name: 'thumbnails.image-to-settle',
  columns: {
    id: 'uuid',
    ownerId: 'uuid',
    objectKey: 'text',
    state: 'text',
    status: 'text',
    failureCode: 'text',
    failureMessage: 'text',
    placeholder: 'text',
    warnings: '_text',
    width: 'int4',
    height: 'int4',
    staleBefore: 'timestamptz',
    crashCount: 'int4',
    workDueAt: 'timestamptz',
    attempts: 'int4',
    tierId: 'uuid',
    thumbnailHeights: '_int4',
    thumbnailFormat: 'text',
    rowVersion: 'text',
    thumbnails: 'json',
  },
  text: `SELECT image.id, image.owner_id AS "ownerId", image.object_key AS "objectKey", image.state, image.status,
      image.failure_code AS "failureCode", image.failure_message AS "failureMessage", image.placeholder, image.warnings,
      image.width, image.height, image.stale_before AS "staleBefore", image.crash_count AS "crashCount",
      image.work_due_at AS "workDueAt", image.attempts, tier.id AS "tierId",
      tier.thumbnail_heights AS "thumbnailHeights", tier.thumbnail_format AS "thumbnailFormat",
      image.xmin::text AS "rowVersion",
      COALESCE((
        SELECT json_agg(json_build_object('tierHeight', tier_height, 'format', format, 'width', width, 'height', height,
          'bytes', bytes, 'contentType', content_type, 'createdAt', floor(extract(epoch FROM created_at) * 1000)::bigint))
        FROM thumbnails WHERE image_id = image.id), '[]') AS thumbnails
    FROM images image JOIN accounts account ON account.id = image.owner_id JOIN tiers tier ON tier.id = account.tier_id
    WHERE image.id = $1`,
});

/** Null when there is no such image. */
export async function findImageToSettle(on: Sequelize | Transaction, imageId: string): Promise<ImageToSettle | null> {
  const row = await executeForOne(on, toSettle, [imageId]);
  if (!row) return null;
  const thumbnails = row.thumbnails.map((made) => ({ ...made, createdAt: new Date(made.createdAt) }));
  return { ...row, thumbnails };
}

/**
 * When the sweep looks at the image: never, at once, when the function that was just asked had its time, sooner after a
 * crash than it would, or as before.
 */
export type NextWork = 'never' | 'now' | 'asked' | 'crashed' | 'unchanged';

export interface SettlementToWrite extends Pick<Settlement, 'thumbnails' | 'visible'> {
  image: Settlement['image'] & { crashCount?: number };
  /** Whoever listens to the owner's images is told. */
  isNews: boolean;
  next: NextWork;
}

type SettleValues = [
  ownerId: string,
  imageId: string,
  rowVersion: string,
  tierId: string,
  status: string,
  failureCode: string | null,
  failureMessage: string | null,
  placeholder: string | null,
  warnings: string[],
  width: number | null,
  height: number | null,
  crashCount: number,
  visible: boolean,
  isNews: boolean,
  next: NextWork,
  thumbnails: string,
];

/**
 * The account's row is locked first, as everybody does who locks both. The image's row is written whatever changes, also
 * where only thumbnails do: so whoever has read the image before finds that it is not what it was.
 */
const settle = defineStatement<{ id: string; announced: string | null }, SettleValues>({
  name: 'thumbnails.settle',
  columns: { id: 'uuid', announced: 'text' },
  text: `WITH account AS MATERIALIZED (SELECT id, tier_id FROM accounts WHERE id = $1 FOR NO KEY UPDATE),
    settled AS (
      UPDATE images SET status = $5, failure_code = $6, failure_message = $7, placeholder = $8, warnings = $9,
        width = $10, height = $11, crash_count = $12,
        updated_at = CASE WHEN $13::boolean THEN now() ELSE updated_at END,
        attempts = CASE WHEN $15::text IN ('never', 'asked') THEN 0 ELSE attempts END,
        work_due_at = CASE $15::text
          WHEN 'never' THEN NULL
          WHEN 'now' THEN now()
          WHEN 'asked' THEN now() + interval '1 minute'
          WHEN 'crashed' THEN least(work_due_at, now() + interval '10 seconds' * power(6, $12::integer - 1))
          ELSE work_due_at END
      FROM account
      WHERE images.id = $2 AND images.owner_id = account.id AND images.xmin::text = $3 AND account.tier_id = $4
      RETURNING images.id, images.owner_id, images.state),
    made AS (
      INSERT INTO thumbnails (image_id, tier_height, format, width, height, bytes, content_type, object_key, created_at)
      SELECT settled.id, made.* FROM settled, json_to_recordset($16::json) AS made (
        "tierHeight" integer, format text, width integer, height integer, bytes bigint, "contentType" text, key text,
        "madeAt" timestamptz)
      ON CONFLICT (image_id, tier_height, format) DO UPDATE SET width = EXCLUDED.width, height = EXCLUDED.height,
        bytes = EXCLUDED.bytes, content_type = EXCLUDED.content_type, object_key = EXCLUDED.object_key,
        created_at = EXCLUDED.created_at
      WHERE thumbnails.created_at < EXCLUDED.created_at),
    counted AS (
      UPDATE accounts SET images_version = images_version + 1 FROM settled
      WHERE accounts.id = settled.owner_id AND settled.state = 'stored' AND $14::boolean
      RETURNING accounts.id),
    noted AS (${imageEventsSql.noted('SELECT counted.id, $2::uuid, false FROM counted')})
    SELECT settled.id, (SELECT ${imageEventsSql.announce("$5::text <> 'processing'")} FROM noted) AS announced FROM settled`,
});

/**
 * Writes what was decided from an image that was read: thumbnails, image, event. False, and nothing is written, when the
 * image, its thumbnails or its owner's tier are not those any more: read and decide again.
 */
export async function writeSettlement(
  on: Sequelize | Transaction,
  image: ImageToSettle,
  { image: change, thumbnails, visible, isNews, next }: SettlementToWrite,
): Promise<boolean> {
  const after = { ...image, ...change };
  const { rowCount } = await execute(on, settle, [
    ...([image.ownerId, image.id, image.rowVersion, image.tierId] as const),
    ...([after.status, after.failureCode, after.failureMessage, after.placeholder, after.warnings] as const),
    ...([after.width, after.height, after.crashCount, visible, isNews, next] as const),
    JSON.stringify(thumbnails),
  ]);
  return rowCount > 0;
}
