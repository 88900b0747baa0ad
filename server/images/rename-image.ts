import { UniqueConstraintError } from 'sequelize';
import type { Image } from '../../core/contracts/image.ts';
import type { RecordAudit } from '../audit/record-audit.ts';
import { requireVersion } from '../db/require-version.ts';
import type { Actor, Origin } from '../kernel/actor.ts';
import { can } from '../kernel/permissions.ts';
import type { Database } from '../models.ts';
import { tierRulesOf } from '../tiers/tier-rules.ts';
import { imageNotFound } from './get-image.ts';
import type { PresentImage } from './image.presenter.ts';
import { requireImageName } from './image-name.ts';
import { findStoredImage } from './image-table.ts';
import { lockImage } from './lock-image.ts';
import { recordImageChange } from './record-image-change.ts';
import { nameTaken } from './upload/claim-upload.ts';

export interface RenameImageDeps extends Database {
  presentImage: PresentImage;
  recordAudit: RecordAudit;
}

export interface RenameInput {
  imageId: string;
  name: string;
  /** Of the image that the name was given to; the name of whatever it is now, when it is not said. */
  version?: number | undefined;
  origin: Origin;
  /** In the panel `images.change` is enough; everywhere else an image has to be the actor's own. */
  asStaff?: boolean;
}

/**
 * Gives an image another name. Throws `invalid_filename`, `not_found` for another's image, and `name_taken`: a clash never
 * makes a suffix here, `conflict` when `version` is not the image's any more. The answer is presented for the owner's tier.
 */
export function renameImageOf({ sequelize, models, presentImage, recordAudit }: RenameImageDeps) {
  return async function renameImage(
    actor: Actor,
    { imageId, version, origin, asStaff, ...input }: RenameInput,
  ): Promise<Image> {
    const name = requireImageName(input.name);
    return sequelize
      .transaction(async (transaction) => {
        const image = await lockImage({ models }, imageId, transaction);
        const isOwn = image?.ownerId === actor.accountId;
        const mayChange = isOwn || (asStaff === true && can(actor, 'images.change'));
        if (image?.state !== 'stored' || !mayChange) throw imageNotFound();
        requireVersion(image, version);
        if (image.name !== name) {
          const changes = { name: { from: image.name, to: name } };
          await image.update({ name, version: image.version + 1, updatedAt: new Date() }, { transaction });
          await recordImageChange(transaction, { ownerId: image.ownerId, imageIds: [imageId] });
          if (asStaff) {
            const what = { action: 'change', resource: 'images', recordId: imageId, recordTitle: name, changes };
            await recordAudit({ actor, origin, ...what }, transaction);
          }
        }
        const stored = await findStoredImage(transaction, image.ownerId, imageId);
        const owner = await models.Account.findByPk(image.ownerId, { include: 'tier', transaction });
        if (!stored || !owner?.tier) throw imageNotFound();
        return presentImage(stored, tierRulesOf(owner.tier));
      })
      .catch((error: unknown) => {
        throw error instanceof UniqueConstraintError ? nameTaken(name) : error;
      });
  };
}

export type RenameImage = ReturnType<typeof renameImageOf>;
