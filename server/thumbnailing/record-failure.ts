import type { Logger } from 'pino';
import { parseOriginalKey } from '../../core/storage/object-key.ts';
import { maxCrashes } from '../images/missing-thumbnails.ts';
import type { Database } from '../models.ts';
import type { InvocationFailure } from './function-invoker.ts';
import type { RetryFailed } from './retry-failed.ts';
import { settleFailure } from './settle-image.ts';
import { findImageToSettle, type ImageToSettle, type SettlementToWrite, writeSettlement } from './thumbnail-table.ts';

export interface RecordFailureDeps extends Pick<Database, 'sequelize'> {
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
export function recordFailureOf({ sequelize, retryFailed, logger }: RecordFailureDeps) {
  return async (failure: { originalKey: string; reason: InvocationFailure; detail?: string }): Promise<void> => {
    const { originalKey, reason, detail } = failure;
    const imageId = parseOriginalKey(originalKey)?.imageId;
    if (!imageId) return;
    const find = async () => {
      const image = await findImageToSettle(sequelize, imageId);
      return image?.objectKey === originalKey ? image : null;
    };
    let image = await find();
    if (!image) return;
    logger.warn({ imageId, reason, detail }, 'the thumbnail function ended without a result');
    if (reason === 'error') {
      await retryFailed([imageId]);
      return;
    }
    while (image && !(await writeSettlement(sequelize, image, crashOf(image)))) image = await find();
  };
}

function crashOf(image: ImageToSettle): SettlementToWrite {
  const crashCount = image.crashCount + 1;
  // Soon, but not at once: what brought it down may have been the moment's lack of memory.
  if (crashCount < maxCrashes) {
    return { image: { crashCount }, thumbnails: [], visible: false, isNews: false, next: 'crashed' };
  }
  const settlement = settleFailure(image, crashed);
  return {
    ...settlement,
    image: { ...settlement.image, crashCount },
    // A height that the tier gained stops being pending with the last try.
    isNews: settlement.visible || crashCount === maxCrashes,
    next: 'never',
  };
}

export type RecordFailure = ReturnType<typeof recordFailureOf>;
