import { text } from 'node:stream/consumers';
import type { Logger } from 'pino';
import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { z } from 'zod';
import { aliveKey } from '../../core/storage/object-key.ts';
import type { ObjectStore } from '../../core/storage/object-store.ts';
import { repeat } from '../process/repeat.ts';
import { lockInstallation } from './installation-record.ts';

export interface AliveMarkDeps {
  sequelize: Sequelize;
  store: ObjectStore;
  logger: Pick<Logger, 'warn'>;
}

const everySeconds = 60;
const markSchema = z.object({ aliveAt: z.coerce.date() });

/**
 * Says every minute, in the database and then in the bucket of the originals, that a server lives. Where the bucket has
 * seen later life than the database, the database comes from a backup.
 */
export function createAliveMark({ sequelize, store, logger }: AliveMarkDeps) {
  const beat = async (): Promise<void> => {
    const [row] = await sequelize.query<{ aliveAt: Date }>(
      'UPDATE installation SET alive_at = now() RETURNING alive_at AS "aliveAt"',
      { type: QueryTypes.SELECT },
    );
    if (!row) return;
    const body = Buffer.from(`${JSON.stringify({ aliveAt: row.aliveAt })}\n`);
    await store.put('originals', aliveKey, body, { contentType: 'application/json', contentLength: body.length });
  };
  const beating = repeat(async () => {
    await beat().catch((error) => logger.warn({ err: error }, 'the mark that this server lives could not be set'));
    return everySeconds;
  });
  return { beat, start: beating.start, stop: beating.stop };
}

/**
 * For a start, before anything is swept: an upload that ran when a backup was taken may have gone well later, and its
 * original is in the store. To a database from that backup it looks like one whose process died, and its bytes would be
 * given back. Here only the row goes; `manage check --fix` brings the image back. Answers how many rows those were.
 */
export async function letGoOfOlderUploads({ sequelize, store, logger }: AliveMarkDeps): Promise<number> {
  const seenAt = await readMark(store);
  if (!seenAt) return 0;
  const uploads = await sequelize.transaction(async (transaction) => {
    await lockInstallation(sequelize, transaction);
    const [older] = await sequelize.query(
      `UPDATE installation SET alive_at = $1 WHERE alive_at IS NULL OR alive_at < $1 RETURNING id`,
      { type: QueryTypes.SELECT, bind: [seenAt], transaction },
    );
    return older ? endUploads(sequelize, transaction) : null;
  });
  if (uploads === null) return 0;
  logger.warn(
    { uploads },
    'the database is older than the store: a backup. "npm run manage -- check --fix" brings back the images that it does not know',
  );
  return uploads;
}

/** Null when there is none, or none that can be read: it is set again in a minute. */
async function readMark(store: ObjectStore): Promise<Date | null> {
  const object = await store.get('originals', aliveKey);
  if (!object) return null;
  try {
    return markSchema.parse(JSON.parse(await text(object.body))).aliveAt;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return null;
    throw error;
  }
}

/** Name and quota are given back; no tombstone is left, and nothing is deleted from the store. */
async function endUploads(sequelize: Sequelize, transaction: Transaction): Promise<number> {
  // The accounts first, as everywhere: then nobody waits in a circle.
  await sequelize.query(
    `SELECT id FROM accounts WHERE id IN (SELECT owner_id FROM images WHERE state = 'uploading')
     ORDER BY id FOR NO KEY UPDATE`,
    { type: QueryTypes.SELECT, transaction },
  );
  const [ended] = await sequelize.query<{ count: number }>(
    `WITH ended AS (DELETE FROM images WHERE state = 'uploading' RETURNING owner_id, reserved_bytes),
       given AS (
         UPDATE accounts SET used_bytes = greatest(0, used_bytes - given_back.bytes)
         FROM (SELECT owner_id, sum(reserved_bytes) AS bytes FROM ended GROUP BY owner_id) AS given_back
         WHERE accounts.id = given_back.owner_id)
     SELECT count(*)::int AS count FROM ended`,
    { type: QueryTypes.SELECT, transaction },
  );
  return ended?.count ?? 0;
}
