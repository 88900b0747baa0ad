import type { Sequelize, Transaction } from 'sequelize';
import type { Bucket } from '../../core/storage/object-store.ts';
import { defineStatement, execute, executeForOne } from '../db/statement.ts';

/** Every statement on `expiring_links`, but for those of the panel's lists, the purge and the command `seed`. */

/** A link with its image's name. */
export interface LinkRow {
  id: string;
  imageId: string;
  imageName: string;
  expireTimeSeconds: number;
  expiresAt: Date;
  maxUses: number | null;
  uses: number;
  createdAt: Date;
}

const linkColumns = {
  id: 'uuid',
  imageId: 'uuid',
  imageName: 'text',
  expireTimeSeconds: 'int4',
  expiresAt: 'timestamptz',
  maxUses: 'int4',
  uses: 'int4',
  createdAt: 'timestamptz',
} as const;

const selectLink = `link.id, link.image_id AS "imageId", image.name AS "imageName",
  link.expire_time_seconds AS "expireTimeSeconds", link.expires_at AS "expiresAt", link.max_uses AS "maxUses",
  link.uses, link.created_at AS "createdAt"`;

type InsertValues = [
  linkId: string,
  ownerId: string,
  imageId: string | null,
  imageName: string,
  height: number | null,
  expireTimeSeconds: number,
  maxUses: number | null,
];
type InsertedRow = { foundImageId: string } & { [Column in keyof LinkRow]: LinkRow[Column] | null };

/** The database's clock counts, for this and for opening: it is the same for every server. */
const insert = defineStatement<InsertedRow, InsertValues>({
  name: 'links.insert',
  columns: { foundImageId: 'uuid', ...linkColumns },
  text: `WITH image AS (
      SELECT id, name FROM images
      WHERE owner_id = $2 AND state = 'stored' AND (id = $3::uuid OR name = $4)
      ORDER BY (id = $3::uuid) DESC NULLS LAST LIMIT 1),
    link AS (
      INSERT INTO expiring_links (id, image_id, owner_id, height, expire_time_seconds, max_uses, created_at, expires_at)
      SELECT $1::uuid, image.id, $2::uuid, $5::int, $6::int, $7::int, clock.now, clock.now + make_interval(secs => $6::int)
      FROM image, (SELECT date_trunc('milliseconds', clock_timestamp()) AS now) clock
      WHERE $5::int IS NULL OR EXISTS (SELECT FROM thumbnails WHERE image_id = image.id AND tier_height = $5::int)
      RETURNING *)
    SELECT image.id AS "foundImageId", ${selectLink} FROM image LEFT JOIN link ON true`,
});

export interface NewLink {
  linkId: string;
  ownerId: string;
  /** An id and a name that may be that of an image; the id counts first. */
  imageId: string | null;
  imageName: string;
  height: number | null;
  expireTimeSeconds: number;
  maxUses: number | null;
}

/** `no_image`: the owner has none of this id or name. `no_thumbnail`: it has none of this height. */
export async function insertLink(
  on: Sequelize | Transaction,
  { linkId, ownerId, imageId, imageName, height, expireTimeSeconds, maxUses }: NewLink,
): Promise<LinkRow | 'no_image' | 'no_thumbnail'> {
  const values: InsertValues = [linkId, ownerId, imageId, imageName, height, expireTimeSeconds, maxUses];
  const row = await executeForOne(on, insert, values);
  if (!row) return 'no_image';
  const { foundImageId: _, ...link } = row;
  return link.id === null ? 'no_thumbnail' : (link as LinkRow);
}

/** What a link leads to, and whether it may be opened now. */
export interface LinkTarget {
  id: string;
  height: number | null;
  maxUses: number | null;
  imageName: string;
  remainingMs: number;
  isOpen: boolean;
  isUsedUp: boolean;
  bucket: Bucket;
  objectKey: string | null;
  contentType: string;
  bytes: number;
}

/** Every rule in one statement, by the clock of the database. A thumbnail in the tier's format comes before others. */
const findTarget = defineStatement<LinkTarget, [linkId: string]>({
  name: 'links.target',
  columns: {
    id: 'uuid',
    height: 'int4',
    maxUses: 'int4',
    imageName: 'text',
    remainingMs: 'float8',
    isOpen: 'bool',
    isUsedUp: 'bool',
    bucket: 'text',
    objectKey: 'text',
    contentType: 'text',
    bytes: 'int8',
  },
  text: `SELECT link.id, link.height, link.max_uses AS "maxUses", image.name AS "imageName",
      extract(epoch FROM link.expires_at - clock.now)::float8 * 1000 AS "remainingMs",
      link.revoked_at IS NULL AND link.expires_at > clock.now
        AND (link.max_uses IS NULL OR link.uses < link.max_uses)
        AND owner.is_active AND tier.expiring_link
        AND (link.height IS NULL OR link.height = ANY (tier.thumbnail_heights)) AS "isOpen",
      link.revoked_at IS NULL AND link.expires_at > clock.now
        AND link.max_uses IS NOT NULL AND link.uses >= link.max_uses AS "isUsedUp",
      CASE WHEN link.height IS NULL THEN 'originals' ELSE 'thumbnails' END AS bucket,
      CASE WHEN link.height IS NULL THEN image.object_key ELSE thumbnail.object_key END AS "objectKey",
      CASE WHEN link.height IS NULL THEN image.content_type ELSE thumbnail.content_type END AS "contentType",
      CASE WHEN link.height IS NULL THEN image.bytes ELSE thumbnail.bytes END AS bytes
    FROM expiring_links link
      CROSS JOIN (SELECT clock_timestamp() AS now) clock
      JOIN images image ON image.id = link.image_id AND image.state = 'stored'
      JOIN accounts owner ON owner.id = link.owner_id
      JOIN tiers tier ON tier.id = owner.tier_id
      LEFT JOIN LATERAL (
        SELECT object_key, content_type, bytes FROM thumbnails
        WHERE image_id = link.image_id AND tier_height = link.height
        ORDER BY (format = tier.thumbnail_format) DESC, created_at DESC LIMIT 1
      ) thumbnail ON true
    WHERE link.id = $1`,
});

export function findLinkTarget(on: Sequelize | Transaction, linkId: string): Promise<LinkTarget | null> {
  return executeForOne(on, findTarget, [linkId]);
}

const take = defineStatement<{ id: string }, [linkId: string]>({
  name: 'links.take-use',
  columns: { id: 'uuid' },
  text: `UPDATE expiring_links SET uses = uses + 1
    WHERE id = $1 AND revoked_at IS NULL AND expires_at > clock_timestamp() AND (max_uses IS NULL OR uses < max_uses)
    RETURNING id`,
});

/** False when there is none left. Exact under any number of requests: PostgreSQL lets one after the other change the row. */
export async function takeLinkUse(on: Sequelize | Transaction, linkId: string): Promise<boolean> {
  return (await execute(on, take, [linkId])).rowCount > 0;
}

const addUses = defineStatement<object, [linkIds: string[], uses: number[]]>({
  name: 'links.add-uses',
  columns: {},
  // In the order of their ids, so that two servers never wait for each other in a circle.
  text: `WITH counted AS (SELECT * FROM unnest($1::uuid[], $2::integer[]) AS counted (id, uses)),
      locked AS (
        SELECT link.id FROM expiring_links link JOIN counted USING (id) WHERE link.max_uses IS NULL
        ORDER BY link.id FOR NO KEY UPDATE OF link)
    UPDATE expiring_links link SET uses = link.uses + counted.uses
    FROM counted JOIN locked USING (id) WHERE link.id = counted.id`,
});

/** Adds what was counted of links that have no limit. */
export async function addLinkUses(on: Sequelize | Transaction, counts: ReadonlyMap<string, number>): Promise<void> {
  await execute(on, addUses, [[...counts.keys()], [...counts.values()]]);
}

type PageValues = [
  ownerId: string,
  imageId: string | null,
  afterCreatedAt: Date | null,
  afterId: string | null,
  limit: number,
];

const page = defineStatement<LinkRow, PageValues>({
  name: 'links.page',
  columns: linkColumns,
  plannedEachTime: true,
  text: `SELECT ${selectLink}
    FROM expiring_links link JOIN images image ON image.id = link.image_id
    WHERE link.owner_id = $1 AND link.revoked_at IS NULL AND ($2::uuid IS NULL OR link.image_id = $2)
      AND ($3::timestamptz IS NULL OR (link.created_at, link.id) < ($3, $4::uuid))
    ORDER BY link.created_at DESC, link.id DESC LIMIT $5`,
});

/** An owner's links, newest first, without those that were revoked. */
export async function selectLinkPage(
  on: Sequelize | Transaction,
  ownerId: string,
  { imageId, after, limit }: { imageId: string | null; after: LinkRow | undefined; limit: number },
): Promise<LinkRow[]> {
  const values: PageValues = [ownerId, imageId, after?.createdAt ?? null, after?.id ?? null, limit];
  return (await execute(on, page, values)).rows;
}

const findImage = defineStatement<{ imageName: string }, [linkId: string]>({
  name: 'links.image',
  columns: { imageName: 'text' },
  text: `SELECT image.name AS "imageName" FROM expiring_links link JOIN images image ON image.id = link.image_id
    WHERE link.id = $1`,
});

/** What a link shows; null when there is no such link. */
export function findLinkImage(on: Sequelize | Transaction, linkId: string): Promise<{ imageName: string } | null> {
  return executeForOne(on, findImage, [linkId]);
}

export interface LinkToRevoke {
  ownerId: string;
  imageName: string;
  revokedAt: Date | null;
}

const lockToRevoke = defineStatement<LinkToRevoke, [linkId: string, accountId: string, ofAnybody: boolean]>({
  name: 'links.lock',
  columns: { ownerId: 'uuid', imageName: 'text', revokedAt: 'timestamptz' },
  text: `SELECT link.owner_id AS "ownerId", image.name AS "imageName", link.revoked_at AS "revokedAt"
    FROM expiring_links link JOIN images image ON image.id = link.image_id
    WHERE link.id = $1 AND (link.owner_id = $2 OR $3) FOR UPDATE OF link`,
});

/** A link of this account, or of anybody; null when there is none. */
export function lockLink(transaction: Transaction, linkId: string, accountId: string, ofAnybody: boolean) {
  return executeForOne(transaction, lockToRevoke, [linkId, accountId, ofAnybody]);
}

const markRevoked = defineStatement<object, [linkId: string]>({
  name: 'links.revoke',
  columns: {},
  text: 'UPDATE expiring_links SET revoked_at = clock_timestamp() WHERE id = $1',
});

export async function markLinkRevoked(transaction: Transaction, linkId: string): Promise<void> {
  await execute(transaction, markRevoked, [linkId]);
}
