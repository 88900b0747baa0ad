import type { Logger } from 'pino';
import { literal } from 'sequelize';
import type { Database } from '../db/models.ts';
import { lockImage } from '../images/lock-image.ts';
import { recordImageChange } from '../images/record-image-change.ts';
import type { InvocationFailure } from './function-invoker.ts';
import { maxCrashes } from './missing-thumbnails.ts';
import type { RetryFailed } from './retry-failed.ts';
import { settleFailure } from './settle-image.ts';

export interface RecordFailureDeps extends Database {
  retryFailed: RetryFailed['failed'];
  logger: Logger;
}

const crashed = {
  code: 'decoder_crashed',
  message: 'This image brought the decoder down three times. The original is kept.',
} as const;

/**
 * An invocation ended without a result. `error` (the store was away, the function could not start) says nothing about
 * the image: it is tried again within seconds, and then by the sweep, as long as it takes. The others are the image's own doing and count: the third
 * settles it as `failed`.
 */
export function recordFailureOf({ sequelize, models, retryFailed, logger }: RecordFailureDeps) {
  return async (failure: { originalKey: string; reason: InvocationFailure; detail?: string }): Promise<void> => {
    const { reason, detail } = failure;
    const image = await models.Image.findOne({ attributes: ['id'], where: { objectKey: failure.originalKey } });
    if (!image) return;
    logger.warn({ imageId: image.id, reason, detail }, 'the thumbnail function ended without a result');
    if (reason === 'error') await retryFailed([image.id]);
    else await countCrash(image.id);
  };

  async function countCrash(imageId: string): Promise<void> {
    await sequelize.transaction(async (transaction) => {
      const image = await lockImage({ models }, imageId, transaction);
      if (!image) return;
      const crashCount = image.crashCount + 1;
      const change: Parameters<typeof models.Image.update>[0] = { crashCount };
      if (crashCount < maxCrashes) {
        // Soon, but not at once: what brought it down may have been the moment's lack of memory.
        change.workDueAt = literal(`least(work_due_at, now() + interval '10 seconds' * power(6, ${crashCount - 1}))`);
      } else {
        const settlement = settleFailure(image, crashed);
        Object.assign(change, settlement.image, { workDueAt: null });
        if (settlement.visible) change.updatedAt = literal('now()');
        // A height that the tier gained stops being pending with the last try.
        const isNews = settlement.visible || crashCount === maxCrashes;
        if (isNews && image.state === 'stored') {
          await recordImageChange(transaction, { ownerId: image.ownerId, imageIds: [imageId] });
        }
      }
      await models.Image.update(change, { where: { id: imageId }, transaction });
    });
  }
}

export type RecordFailure = ReturnType<typeof recordFailureOf>;
