import { literal } from 'sequelize';
import { AppError } from '../../core/errors.ts';
import type { RecordAudit } from '../audit/record-audit.ts';
import type { Actor, Origin } from '../kernel/actor.ts';
import { requirePermission } from '../kernel/permissions.ts';
import type { Database } from '../models.ts';
import type { RequestThumbnails } from '../thumbnailing/request-thumbnails.ts';
import { lockImage } from './lock-image.ts';
import { recordImageChange } from './record-image-change.ts';

export interface RetryImageDeps extends Database {
  requestThumbnails: RequestThumbnails;
  recordAudit: RecordAudit;
}

/**
 * Has all thumbnails of one image made anew, for staff with `images.reprocess`. An image that failed is `processing`
 * again, its crashes forgotten; one that is ready stays so, and keeps its thumbnails until the new ones are there.
 */
export function retryImageOf({ sequelize, models, requestThumbnails, recordAudit }: RetryImageDeps) {
  return async (actor: Actor, imageId: string, origin: Origin): Promise<void> => {
    requirePermission(actor, 'images.reprocess');
    await sequelize.transaction(async (transaction) => {
      const image = await lockImage({ models }, imageId, transaction);
      if (image?.state !== 'stored') throw new AppError('not_found', 'There is no such image.');
      const wasFailed = image.status === 'failed';
      await models.Image.update(
        {
          ...(wasFailed && {
            status: 'processing',
            failureCode: null,
            failureMessage: null,
            updatedAt: literal('now()'),
          }),
          staleBefore: literal('now()'),
          workDueAt: literal(`now() + interval '1 minute'`),
          attempts: 0,
          crashCount: 0,
        },
        { where: { id: imageId }, transaction },
      );
      if (wasFailed) {
        await recordImageChange(transaction, { ownerId: image.ownerId, imageIds: [imageId] });
      }
      await recordAudit(
        { actor, action: 'reprocess', resource: 'images', recordId: imageId, recordTitle: image.name, origin },
        transaction,
      );
    });
    await requestThumbnails(imageId);
  };
}

export type RetryImage = ReturnType<typeof retryImageOf>;
