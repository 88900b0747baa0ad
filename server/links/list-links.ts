import { QueryTypes, type Sequelize } from 'sequelize';
import type { Link } from '../../core/contracts/link.ts';
import type { Actor } from '../accounts/actor.ts';
import { findOwnImage } from './find-own-image.ts';
import type { LinkRow } from './link.presenter.ts';

const pageSize = 500;

/**
 * The actor's links, newest first, without those that were revoked; `image` (an id, else an exact name) keeps the
 * links of one image. Read page by page: memory does not grow with their number.
 */
export function listLinksOf({ sequelize, present }: { sequelize: Sequelize; present: (row: LinkRow) => Link }) {
  return async function* listLinks(actor: Actor, filter: { image?: string } = {}): AsyncGenerator<Link> {
    let imageId: string | null = null;
    if (filter.image !== undefined) {
      const image = await findOwnImage(sequelize, actor.accountId, filter.image);
      if (!image) return;
      imageId = image.id;
    }
    let after: LinkRow | undefined;
    do {
      const page: LinkRow[] = await readPage(sequelize, actor.accountId, imageId, after);
      for (const row of page) yield present(row);
      after = page.length === pageSize ? page.at(-1) : undefined;
    } while (after);
  };
}

function readPage(
  sequelize: Sequelize,
  ownerId: string,
  imageId: string | null,
  after: LinkRow | undefined,
): Promise<LinkRow[]> {
  return sequelize.query<LinkRow>(
    `SELECT link.id, link.image_id AS "imageId", image.name AS "imageName",
       link.expire_time_seconds AS "expireTimeSeconds", link.expires_at AS "expiresAt", link.max_uses AS "maxUses",
       link.uses, link.created_at AS "createdAt"
     FROM expiring_links link JOIN images image ON image.id = link.image_id
     WHERE link.owner_id = $1 AND link.revoked_at IS NULL AND ($2::uuid IS NULL OR link.image_id = $2)
       AND ($3::timestamptz IS NULL OR (link.created_at, link.id) < ($3, $4::uuid))
     ORDER BY link.created_at DESC, link.id DESC LIMIT ${pageSize}`,
    { type: QueryTypes.SELECT, bind: [ownerId, imageId, after?.createdAt ?? null, after?.id ?? null] },
  );
}
