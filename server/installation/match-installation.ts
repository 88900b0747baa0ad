import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { AppError } from '../../core/errors.ts';
import type { ObjectStore } from '../../core/storage/object-store.ts';
import { refusalReason } from '../../core/storage/refusals.ts';
import type { Config } from '../config.ts';
import type { Secrets } from '../embedded/secrets.ts';
import { StartupError } from '../process/startup-error.ts';
import { decideInstallation } from './decide-installation.ts';
import {
  lockInstallation,
  readBucketRecord,
  readDatabaseRecord,
  writeBucketRecord,
  writeDatabaseRecord,
} from './installation-record.ts';

export interface MatchInstallationDeps {
  sequelize: Sequelize;
  store: ObjectStore;
  /** Null for a command that signs nothing. */
  secrets: Secrets | null;
  config: Pick<Config, 's3'>;
  logger: Pick<Logger, 'warn'>;
  signal?: AbortSignal;
  /** How long a store has that does not answer yet. */
  waitMilliseconds?: number;
  isAdopting?: boolean;
}

/**
 * Makes sure that database, buckets and secrets belong to one installation, and answers its id. The first server marks
 * them. A StartupError, which says what to do, when they do not match or the store does not answer.
 */
export async function matchInstallation(deps: MatchInstallationDeps): Promise<string> {
  const { sequelize, logger, signal, waitMilliseconds = 60_000 } = deps;
  const deadline = Date.now() + waitMilliseconds;
  for (;;) {
    try {
      return await sequelize.transaction((transaction) => matchOnce(deps, transaction));
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'unavailable') throw error;
      const refusal = refusalReason(error);
      if (refusal !== null) {
        throw new StartupError(
          `The object store refuses to be read or written (${refusal}). Check the credentials, their permissions on both buckets, and the clock of this machine.`,
          { cause: error },
        );
      }
      if (Date.now() > deadline) {
        throw new StartupError(`The object store does not work: ${reasonOf(error)}.`, { cause: error });
      }
      logger.warn({ reason: reasonOf(error) }, 'waiting for the object store');
    }
    await sleep(1_000, undefined, { signal });
  }
}

async function matchOnce(deps: MatchInstallationDeps, transaction: Transaction): Promise<string> {
  const { sequelize, store, secrets, config, logger, isAdopting = false } = deps;
  await lockInstallation(sequelize, transaction);
  const [originals, thumbnails] = await Promise.all([
    readBucketRecord(store, 'originals'),
    readBucketRecord(store, 'thumbnails'),
  ]);
  const database = await readDatabaseRecord(sequelize, transaction);
  const { record, note } = decideInstallation({
    database,
    originals,
    thumbnails,
    hasImages: await hasImages(sequelize, transaction),
    secrets,
    isAdopting,
    bucketSettings: config.s3 ? 'S3_ORIGINALS_BUCKET and S3_THUMBNAILS_BUCKET' : 'DATA_DIR',
  });
  if (note !== null) logger.warn(note);
  // The buckets first: an id that only they have is taken up by the next start.
  if (!isDeepStrictEqual(originals, record)) await writeBucketRecord(store, 'originals', record);
  if (!isDeepStrictEqual(thumbnails, record)) await writeBucketRecord(store, 'thumbnails', record);
  if (!isDeepStrictEqual(database, record)) await writeDatabaseRecord(sequelize, record, transaction);
  return record.id;
}

async function hasImages(sequelize: Sequelize, transaction: Transaction): Promise<boolean> {
  const [row] = await sequelize.query<{ found: boolean }>('SELECT EXISTS (SELECT FROM images) AS found', {
    type: QueryTypes.SELECT,
    transaction,
  });
  return row?.found === true;
}

function reasonOf(error: AppError): string {
  return error.cause instanceof Error ? error.cause.message || error.cause.name : error.message;
}
