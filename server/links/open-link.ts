import { QueryTypes, type Sequelize } from 'sequelize';
import { AppError } from '../../core/errors.ts';
import { inlineDisposition } from '../../core/storage/inline-disposition.ts';
import type { Bucket, ByteRange, ObjectInfo, ObjectStore, StoredObject } from '../../core/storage/object-store.ts';
import { thumbnailName } from '../images/image-name.ts';
import type { LinkTokens } from './link-token.ts';

const maxRedirectSeconds = 60;

export interface OpenLinkDeps {
  sequelize: Sequelize;
  store: ObjectStore;
  tokens: LinkTokens;
  /** Whoever asks for the whole of an object of that many bytes is sent to the store itself; null: never. */
  redirectFromBytes: number | null;
}

/** What is behind a link that is open. */
export interface OpenedLink {
  contentDisposition: string;
  /** Until the link ends. */
  remainingMs: number;
  /** It may be opened so many times and no more. */
  hasLimitedUses: boolean;
  /** What the object is, without taking a use; null when it is gone. */
  look(): Promise<ObjectInfo | null>;
  /** The store's own URL, which ends no later than the link; null when the bytes are to come from here. */
  redirect(): string | null;
  /** The bytes; null when they are gone. */
  read(options: { range?: ByteRange }): Promise<StoredObject | null>;
  /** Takes one of the link's uses; `link_ended` when there is none left. */
  takeUse(): Promise<void>;
}

interface LinkTarget {
  id: string;
  height: number | null;
  maxUses: number | null;
  remainingMs: number;
  isOpen: boolean;
  isUsedUp: boolean;
  bucket: Bucket;
  objectKey: string | null;
  contentType: string;
  bytes: number;
  imageName: string;
}

/**
 * Opens an expiring link for whoever has its token. `link_ended` when it ended, was used up or revoked, and while its
 * owner is inactive or the owner's tier lacks expiring links (or the height): those come back with the tier.
 * `not_found` for everything else.
 */
export function openLinkOf({ sequelize, store, tokens, redirectFromBytes }: OpenLinkDeps) {
  return async function openLink(token: string): Promise<OpenedLink> {
    const linkId = tokens.linkIdOf(token);
    const target = linkId ? await findTarget(sequelize, linkId) : null;
    if (!target?.objectKey) throw nothingBehind();
    if (!target.isOpen) throw target.isUsedUp ? usedUp() : ended();
    const { id, bucket, objectKey, contentType, imageName, height, maxUses, remainingMs } = target;
    const name = height === null ? imageName : thumbnailName(imageName, height, contentType);
    const contentDisposition = inlineDisposition(name);

    return {
      contentDisposition,
      remainingMs,
      hasLimitedUses: maxUses !== null,
      look: () => store.head(bucket, objectKey),
      redirect() {
        const expiresInSeconds = Math.min(maxRedirectSeconds, Math.floor(remainingMs / 1000));
        const isSmall = redirectFromBytes === null || target.bytes < redirectFromBytes;
        if (isSmall || maxUses !== null || expiresInSeconds < 1) return null;
        return store.presignGet(bucket, objectKey, { signedAt: new Date(), expiresInSeconds, contentDisposition }).url;
      },
      read: (options) => store.get(bucket, objectKey, options),
      async takeUse() {
        if (!(await takeUse(sequelize, id))) throw maxUses === null ? ended() : usedUp();
      },
    };
  };
}

/** Every rule in one statement, by the clock of the database. A thumbnail in the tier's format comes before others. */
async function findTarget(sequelize: Sequelize, linkId: string): Promise<LinkTarget | null> {
  const [target] = await sequelize.query<LinkTarget>(
    `SELECT link.id, link.height, link.max_uses AS "maxUses", image.name AS "imageName",
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
    { type: QueryTypes.SELECT, bind: [linkId] },
  );
  return target ?? null;
}

/** Exact under any number of requests at once: PostgreSQL lets one after the other change the row. */
async function takeUse(sequelize: Sequelize, linkId: string): Promise<boolean> {
  const rows = await sequelize.query(
    `UPDATE expiring_links SET uses = uses + 1
     WHERE id = $1 AND revoked_at IS NULL AND expires_at > clock_timestamp() AND (max_uses IS NULL OR uses < max_uses)
     RETURNING id`,
    { type: QueryTypes.SELECT, bind: [linkId] },
  );
  return rows.length > 0;
}

function ended(): AppError {
  return new AppError('link_ended', 'This link has expired or was revoked. Ask the sender for a new one.');
}

function usedUp(): AppError {
  return new AppError('link_ended', 'This link was opened as often as it could be. Ask the sender for a new one.');
}

/** The same for a token that is not ours and for an image that is gone. */
export function nothingBehind(): AppError {
  return new AppError('not_found', 'No image is available at this link. Check that you copied all of it.');
}
