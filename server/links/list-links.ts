import type { Sequelize } from 'sequelize';
import type { Link } from '../../core/contracts/link.ts';
import type { Actor } from '../kernel/actor.ts';
import { findOwnImage } from './find-own-image.ts';
import { type LinkRow, selectLinkPage } from './link-table.ts';
import type { LinkUses } from './link-uses.ts';

const pageSize = 500;

export interface ListLinksDeps {
  sequelize: Sequelize;
  present: (row: LinkRow) => Link;
  uses: Pick<LinkUses, 'settled'>;
}

/**
 * The actor's links, newest first, without those that were revoked; `image` (an id, else an exact name) keeps the
 * links of one image. Read page by page: memory does not grow with their number.
 */
export function listLinksOf({ sequelize, present, uses }: ListLinksDeps) {
  return async function* listLinks(actor: Actor, filter: { image?: string } = {}): AsyncGenerator<Link> {
    await uses.settled();
    let imageId: string | null = null;
    if (filter.image !== undefined) {
      const image = await findOwnImage(sequelize, actor.accountId, filter.image);
      if (!image) return;
      imageId = image.id;
    }
    let after: LinkRow | undefined;
    do {
      const page: LinkRow[] = await selectLinkPage(sequelize, actor.accountId, { imageId, after, limit: pageSize });
      for (const row of page) yield present(row);
      after = page.length === pageSize ? page.at(-1) : undefined;
    } while (after);
  };
}
