import type { Logger } from 'pino';
import type { Sequelize } from 'sequelize';
import { findWantedThumbnails } from '../images/missing-thumbnails.ts';
import type { FunctionInvoker } from './function-invoker.ts';

export interface RequestThumbnailsDeps {
  sequelize: Sequelize;
  invoker: Pick<FunctionInvoker, 'invoke'>;
  logger: Logger;
}

/**
 * Asks the function for what these images lack of their owner's tier now; answers how many requests it took.
 * It never rejects: a request that is lost is asked again by the sweep, as long as the image's `work_due_at` is set.
 */
export function requestThumbnailsOf({ sequelize, invoker, logger }: RequestThumbnailsDeps) {
  return async (imageIds: string | readonly string[]): Promise<number> => {
    const ids = typeof imageIds === 'string' ? [imageIds] : imageIds;
    try {
      let taken = 0;
      for (const { objectKey, ownerId, recipe } of await findWantedThumbnails(sequelize, ids)) {
        if (!recipe) continue;
        await invoker.invoke({ originalKey: objectKey, ownerId, recipe });
        taken += 1;
      }
      return taken;
    } catch (error) {
      logger.warn({ err: error, images: ids.length }, 'thumbnails could not be requested; the sweep asks again');
      return 0;
    }
  };
}

export type RequestThumbnails = ReturnType<typeof requestThumbnailsOf>;
