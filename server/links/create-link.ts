import { ForeignKeyConstraintError, type Sequelize, type Transaction } from 'sequelize';
import { v7 as uuidV7 } from 'uuid';
import { createLinkSchemaFor, type Link } from '../../core/contracts/link.ts';
import { AppError } from '../../core/errors.ts';
import { parseInput } from '../../core/parse-input.ts';
import type { Actor } from '../kernel/actor.ts';
import { findOwnImage, imageReference } from './find-own-image.ts';
import { insertLink, type LinkRow, type NewLink } from './link-table.ts';

export interface CreateLinkDeps {
  sequelize: Sequelize;
  present: (row: LinkRow) => Link;
}

/**
 * Makes an expiring link to one of the actor's images. `request` is what the request said, unread
 * (`createLinkRequestSchema`): what it may say depends on the tier.
 *
 * Errors, in the order of the checks: `invalid_request` that names the bounds, `not_found`, `tier_forbids`,
 * `not_ready`.
 *
 * `alsoWrite` writes in the same transaction as the link.
 */
export function createLinkOf({ sequelize, present }: CreateLinkDeps) {
  return async function createLink(actor: Actor, request: unknown, alsoWrite?: AlsoWrite): Promise<Link> {
    const given = parseInput(createLinkSchemaFor(actor.tier), request);
    const { image: idOrName, expire_time: expireTimeSeconds, max_uses: maxUses, height } = given;

    if (!actor.tier.expiringLink) {
      if (!(await findOwnImage(sequelize, actor.accountId, idOrName))) throw noImage();
      throw new AppError('tier_forbids', `Your tier (${actor.tier.name}) does not include expiring links.`);
    }
    const link: NewLink = {
      linkId: uuidV7(),
      ownerId: actor.accountId,
      ...imageReference(idOrName),
      height: height ?? null,
      expireTimeSeconds,
      maxUses: maxUses ?? null,
    };
    if (!alsoWrite) return present(await insert(sequelize, link));
    return sequelize.transaction(async (transaction) => {
      const created = present(await insert(transaction, link));
      await alsoWrite(created, transaction);
      return created;
    });
  };
}

export type CreateLink = ReturnType<typeof createLinkOf>;
type AlsoWrite = (link: Link, transaction: Transaction) => Promise<void>;

async function insert(on: Sequelize | Transaction, link: NewLink): Promise<LinkRow> {
  const inserted = await insertLink(on, link).catch((error: unknown) => {
    // The image was deleted just then.
    throw error instanceof ForeignKeyConstraintError ? noImage() : error;
  });
  if (inserted === 'no_image') throw noImage();
  if (inserted !== 'no_thumbnail') return inserted;
  throw new AppError('not_ready', `The thumbnail of ${link.height} pixels is not made yet. Try again in a moment.`);
}

function noImage(): AppError {
  return new AppError('not_found', 'You have no image with this id or name.');
}
