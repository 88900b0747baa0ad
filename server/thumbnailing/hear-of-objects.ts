import { QueryTypes, type Sequelize } from 'sequelize';
import { isMadeOf, parseMadeKey, parseOriginalKey } from '../../core/storage/object-key.ts';
import { imagesWithTierSql, lacksThumbnailsSql } from '../images/missing-thumbnails.ts';
import type { FunctionEnds, FunctionInvoker } from './function-invoker.ts';
import { createdIn, type S3Records } from './s3-records.ts';

export interface HearOfObjectsDeps extends Pick<FunctionEnds, 'onResult'> {
  sequelize: Sequelize;
  invoker: Pick<FunctionInvoker, 'invoke'>;
  /** Their real names. */
  buckets: { originals: string; thumbnails: string };
}

/**
 * What an S3 server tells of new objects, as a hint: an image that waits for its thumbnails is looked at now and not at the
 * next sweep. Of what was told only the key counts, and only when it is one of an image that lacks something; the same
 * event ten times does no more than once. Events that never come are no loss.
 */
export function hearOfObjectsOf({ sequelize, invoker, onResult, buckets }: HearOfObjectsDeps) {
  return async (records: S3Records): Promise<void> => {
    const originals = createdIn(records, buckets.originals).filter((key) => parseOriginalKey(key) !== null);
    const results = createdIn(records, buckets.thumbnails).flatMap((resultKey) => {
      const made = parseMadeKey(resultKey);
      return made?.isResult ? [{ resultKey, made }] : [];
    });
    const imageIds = [
      ...originals.map((key) => parseOriginalKey(key)?.imageId ?? ''),
      ...results.map(({ made }) => made.imageId),
    ];
    const waiting = await findWaiting(sequelize, imageIds);
    // Without a recipe, as the server that took the upload asks: the function runner knows the two for one.
    for (const originalKey of originals) {
      const image = waiting.get(parseOriginalKey(originalKey)?.imageId ?? '');
      if (image?.objectKey === originalKey) await invoker.invoke({ originalKey, ownerId: image.ownerId });
    }
    for (const { resultKey, made } of results) {
      const image = waiting.get(made.imageId);
      if (image && isMadeOf(image.objectKey, made)) await onResult({ resultKey });
    }
  };
}

export type HearOfObjects = ReturnType<typeof hearOfObjectsOf>;

interface WaitingImage {
  id: string;
  objectKey: string;
  ownerId: string;
}

/** Those of these images that lack something, by id. */
async function findWaiting(sequelize: Sequelize, imageIds: readonly string[]): Promise<Map<string, WaitingImage>> {
  if (imageIds.length === 0) return new Map();
  const rows = await sequelize.query<WaitingImage>(
    `SELECT image.id, image.object_key AS "objectKey", image.owner_id AS "ownerId" FROM ${imagesWithTierSql}
     WHERE image.id = ANY ($1::uuid[]) AND ${lacksThumbnailsSql}`,
    { type: QueryTypes.SELECT, bind: [[...new Set(imageIds)]] },
  );
  return new Map(rows.map((row) => [row.id, row]));
}
