import { ForeignKeyConstraintError, QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { v7 as uuidV7 } from 'uuid';
import { createLinkSchemaFor, type Link } from '../../core/contracts/link.ts';
import { AppError } from '../../core/errors.ts';
import { parseInput } from '../../core/parse-input.ts';
import type { Actor } from '../accounts/actor.ts';
import { findOwnImage } from './find-own-image.ts';
import type { LinkRow } from './link.presenter.ts';

export interface CreateLinkDeps {
  sequelize: Sequelize;
  present: (row: LinkRow) => Link;
}

/**
 * Makes an expiring link to one of the actor's images. `wish` is what the request said, unread
 * (`createLinkRequestSchema`): what it may say depends on the tier.
 *
 * Errors, in the order of the checks: `invalid_request` that names the bounds, `not_found`, `tier_forbids`,
 * `not_ready`.
 *
 * `alsoWrite` writes in the same transaction as the link.
 */
export function createLinkOf({ sequelize, present }: CreateLinkDeps) {
  return async function createLink(actor: Actor, wish: unknown, alsoWrite?: AlsoWrite): Promise<Link> {
    const given = parseInput(createLinkSchemaFor(actor.tier), wish);
    const { image: idOrName, expire_time: expireTimeSeconds, max_uses: maxUses, height } = given;

    const image = await findOwnImage(sequelize, actor.accountId, idOrName);
    if (!image) throw noImage();
    if (!actor.tier.expiringLink) {
      throw new AppError('tier_forbids', `Your tier (${actor.tier.name}) does not include expiring links.`);
    }
    if (height && !(await hasThumbnail(sequelize, image.id, height))) {
      throw new AppError('not_ready', `The thumbnail of ${height} pixels is not made yet. Try again in a moment.`);
    }
    const values = {
      imageId: image.id,
      ownerId: actor.accountId,
      height: height ?? null,
      expireTimeSeconds,
      maxUses: maxUses ?? null,
    };
    if (!alsoWrite) return present({ ...(await insert(sequelize, values)), imageName: image.name });
    return sequelize.transaction(async (transaction) => {
      const link = present({ ...(await insert(sequelize, values, transaction)), imageName: image.name });
      await alsoWrite(link, transaction);
      return link;
    });
  };
}

export type CreateLink = ReturnType<typeof createLinkOf>;
type AlsoWrite = (link: Link, transaction: Transaction) => Promise<void>;

async function hasThumbnail(sequelize: Sequelize, imageId: string, height: number): Promise<boolean> {
  const rows = await sequelize.query('SELECT FROM thumbnails WHERE image_id = $1 AND tier_height = $2 LIMIT 1', {
    type: QueryTypes.SELECT,
    bind: [imageId, height],
  });
  return rows.length > 0;
}

/** The database's clock counts, for this and for opening: it is the same for every server. */
async function insert(
  sequelize: Sequelize,
  link: { imageId: string; ownerId: string; height: number | null; expireTimeSeconds: number; maxUses: number | null },
  transaction?: Transaction,
): Promise<Omit<LinkRow, 'imageName'>> {
  try {
    const [row] = await sequelize.query<Omit<LinkRow, 'imageName'>>(
      `INSERT INTO expiring_links (id, image_id, owner_id, height, expire_time_seconds, max_uses, created_at, expires_at)
       SELECT $1::uuid, $2::uuid, $3::uuid, $4::int, $5::int, $6::int, clock.now, clock.now + make_interval(secs => $5::int)
       FROM (SELECT date_trunc('milliseconds', clock_timestamp()) AS now) clock
       RETURNING id, image_id AS "imageId", expire_time_seconds AS "expireTimeSeconds", expires_at AS "expiresAt",
         max_uses AS "maxUses", uses, created_at AS "createdAt"`,
      {
        type: QueryTypes.SELECT,
        bind: [uuidV7(), link.imageId, link.ownerId, link.height, link.expireTimeSeconds, link.maxUses],
        transaction,
      },
    );
    if (!row) throw new Error('INSERT … RETURNING gave no row');
    return row;
  } catch (error) {
    if (error instanceof ForeignKeyConstraintError) throw noImage();
    throw error;
  }
}

function noImage(): AppError {
  return new AppError('not_found', 'You have no image with this id or name.');
}
