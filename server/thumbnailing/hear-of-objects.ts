import { QueryTypes, type Sequelize } from 'sequelize';
import { isMadeOf, parseMadeKey, parseOriginalKey } from '../../core/storage/object-key.ts';
import type { FunctionEnds, FunctionInvoker } from './function-invoker.ts';
import { imagesWithTierSql, lacksThumbnailsSql } from './missing-thumbnails.ts';
import { createdIn, type S3Records } from './s3-records.ts';

export interface HearOfObjectsDeps extends Pick<FunctionEnds, 'onResult'> {
  sequelize: Sequelize;
  invoker: FunctionInvoker;
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
      if (waiting.get(parseOriginalKey(originalKey)?.imageId ?? '') === originalKey)
        await invoker.invoke({ originalKey });
    }
    for (const { resultKey, made } of results) {
      const originalKey = waiting.get(made.imageId);
      if (originalKey !== undefined && isMadeOf(originalKey, made)) await onResult({ resultKey });
    }
  };
}

export type HearOfObjects = ReturnType<typeof hearOfObjectsOf>;

/** Those of these images that lack something, with the keys of their originals. */
async function findWaiting(sequelize: Sequelize, imageIds: readonly string[]): Promise<Map<string, string>> {
  if (imageIds.length === 0) return new Map();
  const rows = await sequelize.query<{ id: string; objectKey: string }>(
    `SELECT image.id, image.object_key AS "objectKey" FROM ${imagesWithTierSql}
     WHERE image.id = ANY ($1::uuid[]) AND ${lacksThumbnailsSql}`,
    { type: QueryTypes.SELECT, bind: [[...new Set(imageIds)]] },
  );
  return new Map(rows.map((row) => [row.id, row.objectKey]));
}
