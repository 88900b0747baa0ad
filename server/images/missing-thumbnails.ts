import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import type { Recipe } from '../../core/thumbnails/recipe.ts';

/**
 * The rule for what an image lacks of its owner's tier, for everybody who asks: as functions over rows that are there, and
 * as SQL over many. A test holds the two equal.
 */

/** How often an image may bring the decoder down before nobody tries again. */
export const maxCrashes = 3;

export interface TierThumbnails {
  thumbnailHeights: readonly number[];
  thumbnailFormat: Recipe['format'];
}

export interface MadeSoFar {
  tierHeight: number;
  format: Recipe['format'];
  /** When the function made it. */
  createdAt: Date;
}

interface ImageToMake {
  status: 'processing' | 'ready' | 'failed';
  crashCount: number;
}

/** Heights of the owner's tier *now* that are not there and will come; none when nothing can be made any more. */
export function pendingHeights(
  tier: TierThumbnails,
  image: ImageToMake,
  thumbnails: readonly Pick<MadeSoFar, 'tierHeight' | 'format'>[],
): number[] {
  return lackingHeights(tier, image, thumbnails, () => true);
}

/** The pending heights, and those that were made before somebody asked for them to be made again. */
export function missingHeights(
  tier: TierThumbnails,
  image: ImageToMake & { staleBefore: Date | null },
  thumbnails: readonly MadeSoFar[],
): number[] {
  const { staleBefore } = image;
  return lackingHeights(tier, image, thumbnails, (made) => staleBefore === null || made.createdAt >= staleBefore);
}

function lackingHeights<Made extends Pick<MadeSoFar, 'tierHeight' | 'format'>>(
  tier: TierThumbnails,
  image: ImageToMake,
  thumbnails: readonly Made[],
  counts: (made: Made) => boolean,
): number[] {
  if (image.status === 'failed' || image.crashCount >= maxCrashes) return [];
  const format = tier.thumbnailFormat;
  const isMade = (height: number) =>
    thumbnails.some((made) => made.tierHeight === height && made.format === format && counts(made));
  return tier.thumbnailHeights.filter((height) => !isMade(height));
}

/** What the owner sees, ascending: of each height the one in the tier's format; until that is made, the newest. */
export function shownThumbnails<Made extends MadeSoFar>(tier: TierThumbnails, thumbnails: readonly Made[]): Made[] {
  return tier.thumbnailHeights.flatMap((height) => {
    const made = thumbnails.filter((thumbnail) => thumbnail.tierHeight === height);
    const inFormat = made.find((thumbnail) => thumbnail.format === tier.thumbnailFormat);
    return inFormat ?? made.toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime())[0] ?? [];
  });
}

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
