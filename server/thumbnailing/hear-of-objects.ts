import { QueryTypes, type Sequelize } from 'sequelize';
import { parseOriginalKey, parseResultKey } from '../../core/storage/object-key.ts';
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
      const parts = parseResultKey(resultKey);
      return parts ? [{ ...parts, resultKey }] : [];
    });
    const waiting = await findWaiting(sequelize, [...originals, ...results.map((result) => result.originalKey)]);
    // Without a recipe, as the server that took the upload asks: the function runner knows the two for one.
    for (const originalKey of originals) if (waiting.has(originalKey)) await invoker.invoke({ originalKey });
    for (const result of results) if (waiting.has(result.originalKey)) await onResult(result);
  };
}

export type HearOfObjects = ReturnType<typeof hearOfObjectsOf>;

async function findWaiting(sequelize: Sequelize, objectKeys: readonly string[]): Promise<Set<string>> {
  if (objectKeys.length === 0) return new Set();
  const rows = await sequelize.query<{ objectKey: string }>(
    `SELECT image.object_key AS "objectKey" FROM ${imagesWithTierSql}
     WHERE image.object_key = ANY ($1::text[]) AND ${lacksThumbnailsSql}`,
    { type: QueryTypes.SELECT, bind: [[...new Set(objectKeys)]] },
  );
  return new Set(rows.map((row) => row.objectKey));
}
