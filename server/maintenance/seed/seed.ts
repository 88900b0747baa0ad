import { createHash } from 'node:crypto';
import { type QueryOptions, QueryTypes } from 'sequelize';
import { originalKey, thumbnailKey } from '../../../core/storage/object-key.ts';
import type { ObjectStore } from '../../../core/storage/object-store.ts';
import type { Recipe } from '../../../core/thumbnails/recipe.ts';
import { connectWithoutLimits } from '../../db/connect-without-limits.ts';
import type { Database } from '../../models.ts';
import { StartupError } from '../../process/startup-error.ts';
import { drawPicture, pictureCount } from './picture.ts';
import { accountsSql, auditSql, imagesSql, usageSql } from './seed-sql.ts';

export interface SeedDeps extends Database {
  store: Pick<ObjectStore, 'put'>;
  databaseUrl: string;
}

export interface SeedSize {
  users: number;
  images: number;
  /** Entries of the log, which nobody can take out again. */
  logEntries: number;
}

export interface SeedOptions extends SeedSize {
  onProgress?(what: string, done: number, total: number): void;
  signal?: AbortSignal;
}

/** Whose address ends so was made up here (RFC 2606: no such domain will ever exist). */
export const seedDomain = 'seed.invalid';

const batch = 5_000;
const filled = ['accounts', 'images', 'thumbnails', 'expiring_links', 'audit_entries'];
/** A made-up thumbnail of a greater height is no larger than this. */
const tallestPicture = 800;

/**
 * Fills an installation with made-up rows, to try how it does at that size: accounts without a password, images with
 * thumbnails, expiring links, log. The same numbers give the same rows, counted back from now. A StartupError for images
 * without a user to have them.
 *
 * The thumbnails of all images are a few shared objects, and there are no originals.
 */
export function seedOf({ sequelize, models, store, databaseUrl }: SeedDeps) {
  const run = (sql: string, bind: QueryOptions['bind']) => sequelize.query(sql, { type: QueryTypes.RAW, bind });
  const count = async (sql: string) => {
    const [row] = await sequelize.query<{ count: number }>(sql, { type: QueryTypes.SELECT });
    return row?.count ?? 0;
  };

  return async ({ users, images, logEntries, onProgress, signal }: SeedOptions): Promise<void> => {
    const tiers = await models.Tier.findAll({
      order: [
        ['isDefault', 'DESC'],
        ['createdAt', 'ASC'],
      ],
    });
    const tierIds = tiers.map((tier) => tier.id);
    const heights = [...new Set(tiers.flatMap((tier) => tier.thumbnailHeights))];
    const at = new Date();
    const usersBefore = await count(`SELECT count(*) FROM accounts WHERE email LIKE '%@${seedDomain}'`);
    const imagesBefore = await count(
      `SELECT count(*) FROM images i JOIN accounts a ON a.id = i.owner_id WHERE a.email LIKE '%@${seedDomain}'`,
    );
    const allUsers = usersBefore + users;
    if (images > 0 && allUsers === 0) throw new StartupError('Images need made-up users: give --users too.');
    const pictures = JSON.stringify(await putPictures(store, heights));

    const inBatches = async (what: string, total: number, work: (from: number, to: number) => Promise<unknown>) => {
      for (let done = 0; done < total; ) {
        signal?.throwIfAborted();
        onProgress?.(what, done, total);
        const next = Math.min(total, done + batch);
        await work(done + 1, next);
        done = next;
      }
      if (total > 0) onProgress?.(what, total, total);
    };
    await inBatches('users', users, (from, to) =>
      run(accountsSql, [usersBefore + from, usersBefore + to, at, tierIds]),
    );
    await inBatches('images', images, (from, to) =>
      run(imagesSql, [imagesBefore + from, imagesBefore + to, at, allUsers, pictures, pictureCount]),
    );
    await inBatches('log', logEntries, (from, to) => run(auditSql, [from, to, at, allUsers]));
    await inBatches('sums', allUsers, (from, to) => run(usageSql, [from, to]));
    // As the database itself does in a quiet hour: without it, counting by an index has to look at every row.
    const client = await connectWithoutLimits(databaseUrl, 'darkroom seed');
    try {
      for (const [at, table] of filled.entries()) {
        signal?.throwIfAborted();
        onProgress?.('statistics', at, filled.length);
        await client.query(`VACUUM (ANALYZE) ${table}`);
      }
    } finally {
      await client.end();
    }
  };
}

export type Seed = ReturnType<typeof seedOf>;

interface SharedPicture {
  tierHeight: number;
  which: number;
  key: string;
  bytes: number;
  width: number;
  height: number;
}

/** The objects that all made-up images share, the same in every run. */
async function putPictures(store: SeedDeps['store'], tierHeights: number[]): Promise<SharedPicture[]> {
  const made: SharedPicture[] = [];
  const contentType = 'image/png';
  for (let which = 0; which < pictureCount; which += 1) {
    const hex = createHash('sha256').update(`darkroom seed picture ${which}`).digest('hex');
    const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
    for (const tierHeight of tierHeights) {
      const recipe: Recipe = { version: 1, heights: [tierHeight], format: 'same' };
      const { bytes, ...size } = drawPicture(which, Math.min(tierHeight, tallestPicture));
      const key = thumbnailKey(originalKey(id, hex.slice(32)), recipe, { tierHeight, contentType });
      await store.put('thumbnails', key, bytes, { contentType, contentLength: bytes.length });
      made.push({ tierHeight, which, key, bytes: bytes.length, ...size });
    }
  }
  return made;
}
