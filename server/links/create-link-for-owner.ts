import { QueryTypes, type Sequelize } from 'sequelize';
import type { Link } from '../../core/contracts/link.ts';
import { AppError } from '../../core/errors.ts';
import type { LoadActor } from '../accounts/load-actor.ts';
import type { RecordAudit } from '../audit/record-audit.ts';
import type { Actor, Origin } from '../kernel/actor.ts';
import { requirePermission } from '../kernel/permissions.ts';
import type { CreateLink } from './create-link.ts';

export interface CreateLinkForOwnerDeps {
  sequelize: Sequelize;
  loadActor: LoadActor;
  createLink: CreateLink;
  recordAudit: RecordAudit;
}

/** What a form of the panel says, unread: `expire_time`, and perhaps `max_uses` and `height`. */
export type LinkWish = Record<string, unknown>;

/**
 * Makes an expiring link to somebody's image, for staff with `links.add`. The link is the owner's: the owner's tier has to
 * have expiring links and bounds them, as when the owner asks, for `/e/` would not open another. The log tells who made it.
 *
 * Beside the errors of `createLink`: `permission_denied`, and `owner_inactive`.
 */
export function createLinkForOwnerOf({ sequelize, loadActor, createLink, recordAudit }: CreateLinkForOwnerDeps) {
  return async (actor: Actor, imageId: string, wish: LinkWish, origin: Origin): Promise<Link> => {
    requirePermission(actor, 'links.add');
    const owner = await loadActor(await ownerOf(sequelize, imageId));
    if (!owner) {
      throw new AppError('owner_inactive', 'The owner of this image is inactive: nobody could open a link to it.');
    }
    if (!owner.tier.expiringLink) {
      throw new AppError(
        'tier_forbids',
        `The owner's tier (${owner.tier.name}) does not include expiring links. Give ${owner.username} another tier first.`,
      );
    }
    return createLink(owner, { ...wish, image: imageId }, (link, transaction) =>
      recordAudit(
        {
          actor,
          action: 'add',
          resource: 'links',
          recordId: link.id,
          recordTitle: link.imageName,
          changes: {
            owner: { to: owner.username },
            expiresAt: { to: link.expiresAt },
            ...(link.maxUses === null ? {} : { maxUses: { to: link.maxUses } }),
          },
          origin,
        },
        transaction,
      ),
    );
  };
}

async function ownerOf(sequelize: Sequelize, imageId: string): Promise<string> {
  const [image] = await sequelize.query<{ ownerId: string }>(
    `SELECT owner_id AS "ownerId" FROM images WHERE id = $1 AND state = 'stored'`,
    { type: QueryTypes.SELECT, bind: [imageId] },
  );
  if (!image) throw new AppError('not_found', 'There is no such image.');
  return image.ownerId;
}
