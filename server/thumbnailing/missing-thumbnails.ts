import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import type { Recipe } from '../../core/thumbnails/recipe.ts';

/** How often an image may bring the decoder down before nobody tries again. */
export const maxCrashes = 3;

/**
 * SQL: the heights of the owner's tier *now* that are not made, or only from before `stale_before`, ascending.
 * It reads the aliases `image`, `account` and `tier`.
 */
export const missingHeightsSql = `ARRAY(
  SELECT wanted FROM unnest(tier.thumbnail_heights) AS wanted
  WHERE NOT EXISTS (
    SELECT FROM thumbnails made
    WHERE made.image_id = image.id AND made.tier_height = wanted AND made.format = tier.thumbnail_format
      AND (image.stale_before IS NULL OR made.created_at >= image.stale_before))
  ORDER BY wanted)`;

/** SQL: it is worth asking the function for this image at all. It reads the alias `image`. */
export const canBeMadeSql = `(image.state = 'stored' AND image.status <> 'failed' AND image.crash_count < ${maxCrashes})`;

/** SQL: the image lacks something that its owner's tier has now. The aliases of `missingHeightsSql`. */
export const lacksThumbnailsSql = `(${canBeMadeSql} AND cardinality(${missingHeightsSql}) > 0)`;

/** SQL: the tables under the aliases that the conditions here read. */
export const imagesWithTierSql = `images image
  JOIN accounts account ON account.id = image.owner_id
  JOIN tiers tier ON tier.id = account.tier_id`;

export interface WantedThumbnails {
  imageId: string;
  ownerId: string;
  objectKey: string;
  staleBefore: Date | null;
  /** What to ask the function for; null when nothing is missing or nothing can be made. */
  recipe: Recipe | null;
}

interface WantedRow {
  imageId: string;
  ownerId: string;
  objectKey: string;
  staleBefore: Date | null;
  format: Recipe['format'];
  missing: number[];
}

/** What each of these images lacks of its owner's tier now. Images that are gone are left out. */
export async function findWantedThumbnails(
  sequelize: Sequelize,
  imageIds: readonly string[],
  transaction?: Transaction,
): Promise<WantedThumbnails[]> {
  if (imageIds.length === 0) return [];
  const rows = await sequelize.query<WantedRow>(
    `SELECT image.id AS "imageId", image.owner_id AS "ownerId", image.object_key AS "objectKey", image.stale_before AS "staleBefore",
       tier.thumbnail_format AS format,
       CASE WHEN ${canBeMadeSql} THEN ${missingHeightsSql} ELSE '{}' END AS missing
     FROM ${imagesWithTierSql} WHERE image.id = ANY ($1::uuid[])`,
    { type: QueryTypes.SELECT, bind: [[...imageIds]], transaction },
  );
  return rows.map(({ imageId, ownerId, objectKey, staleBefore, format, missing }) => ({
    imageId,
    ownerId,
    objectKey,
    staleBefore,
    recipe: missing.length > 0 ? { version: 1, heights: missing, format } : null,
  }));
}
