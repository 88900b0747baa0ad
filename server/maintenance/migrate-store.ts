import { setMaxListeners } from 'node:events';
import { QueryTypes } from 'sequelize';
import { inParallel } from '../../core/async/in-parallel.ts';
import type { Bucket, ObjectStore } from '../../core/storage/object-store.ts';
import { readBucketRecord, writeBucketRecord } from '../installation/installation-record.ts';
import type { Database } from '../models.ts';
import { StartupError } from '../process/startup-error.ts';
import { type Copied, copyObject, faultOf } from './migrate-store/copy-object.ts';
import type { MigrationFinding, MigrationOptions, MigrationReport, MigrationTally } from './migrate-store/migration.ts';
import { visitOriginals, visitThumbnails, type WantedObject } from './migrate-store/wanted-objects.ts';
import { withRetries } from './migrate-store/with-retries.ts';

export type {
  MigrationFinding,
  MigrationOptions,
  MigrationProgress,
  MigrationReport,
} from './migrate-store/migration.ts';

export interface MigrateStoreDeps extends Database {
  /** The store that the service uses; it says which installation it belongs to. Nothing is ever deleted from it. */
  source: ObjectStore;
  target: ObjectStore;
  /** Before a store that does not answer is asked again. */
  pauseMilliseconds?: number;
}

const lanes = 8;
const atOnce = 128;
const buckets = ['originals', 'thumbnails'] as const satisfies readonly Bucket[];

/**
 * Copies every object that a row names from one store to another, also while the service runs. What is in the target
 * already is passed over, so a second run is quick: it goes on where the first was cut off, and takes what was uploaded
 * meanwhile. The hash of each original is compared with that of its upload on the way.
 *
 * The mark that tells a server whose buckets these are comes last, when nothing is missing: until then no server starts
 * on the target. A StartupError when the target belongs to another installation.
 */
export function migrateStoreOf({ sequelize, models, source, target, pauseMilliseconds }: MigrateStoreDeps) {
  return async (options: MigrationOptions = {}): Promise<MigrationReport> => {
    const { dryRun = false, verify = false } = options;
    const failed = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, failed.signal]) : failed.signal;
    // Every lane has some, and takes them away again.
    setMaxListeners(0, signal);
    const retried = <Result>(work: () => Promise<Result>) => withRetries(work, { signal, pauseMilliseconds });
    const marks = await retried(requireOwnTarget);
    const tallies = { originals: createTally(), thumbnails: createTally() };
    let findings = 0;

    await moveAll('originals', visitOriginals);
    await moveAll('thumbnails', visitThumbnails);
    if (!dryRun && findings === 0) {
      for (const bucket of buckets) await retried(() => writeBucketRecord(target, bucket, marks[bucket]));
    }
    return { ...tallies, findings };

    async function moveAll(bucket: Bucket, visitAll: typeof visitOriginals): Promise<void> {
      const named = await countNamed(bucket);
      let [done, doneBytes] = [0, 0];
      const tellProgress = () => {
        const total = Math.max(done, named.total);
        options.onProgress?.({ bucket, done, total, doneBytes, totalBytes: Math.max(doneBytes, named.totalBytes) });
      };
      let waiting: WantedObject[] = [];
      const moveWaiting = async () => {
        const now = waiting;
        waiting = [];
        await inParallel(now, lanes, moveOrEndAll, signal);
        signal.throwIfAborted();
      };
      const moveOrEndAll = async (wanted: WantedObject) => {
        await move(wanted).catch((error) => {
          // A store that is away is away for all the others, too.
          failed.abort(error);
          throw error;
        });
        done += 1;
        doneBytes += wanted.bytes;
        tellProgress();
      };
      tellProgress();
      await visitAll({ sequelize, target, signal }, async (wanted) => {
        waiting.push(wanted);
        if (waiting.length >= atOnce) await moveWaiting();
      });
      await moveWaiting();
    }

    async function move(wanted: WantedObject): Promise<void> {
      const tally = tallies[wanted.bucket];
      if (await retried(() => isThere(wanted))) {
        tally.there += 1;
        return;
      }
      const copied = await retried(() => (dryRun ? lookAt(wanted) : copyObject({ source, target }, wanted, signal)));
      if (copied.outcome === 'copied') {
        tally.copied += 1;
        tally.copiedBytes += wanted.bytes;
      } else if (await isStillNamed(wanted)) {
        const { bucket, imageId, what } = wanted;
        const detail = copied.outcome === 'differs' ? copied.detail : '';
        findings += 1;
        options.onFinding?.({ kind: copied.outcome, bucket, imageId, what, detail } satisfies MigrationFinding);
      }
    }

    async function isThere(wanted: WantedObject): Promise<boolean> {
      const { there, bytes, madeAt } = wanted;
      if (there?.bytes !== bytes || (madeAt !== null && there.lastModified < madeAt)) return false;
      return !verify || (await faultOf(target, wanted, signal)) === null;
    }
  };

  async function lookAt({ bucket, key, bytes }: WantedObject): Promise<Copied> {
    const info = await source.head(bucket, key);
    if (!info) return { outcome: 'missing' };
    return info.bytes === bytes
      ? { outcome: 'copied' }
      : { outcome: 'differs', detail: `${info.bytes} bytes instead of ${bytes}` };
  }

  /** What was deleted since it was listed is nobody's loss. */
  async function isStillNamed({ bucket, key, imageId }: WantedObject): Promise<boolean> {
    const where = { objectKey: key };
    if (bucket === 'originals') return (await models.Image.count({ where: { ...where, id: imageId } })) > 0;
    return (await models.Thumbnail.count({ where: { ...where, imageId } })) > 0;
  }

  async function countNamed(bucket: Bucket): Promise<{ total: number; totalBytes: number }> {
    const from = bucket === 'originals' ? `images WHERE state = 'stored'` : 'thumbnails';
    const [row] = await sequelize.query<{ total: number; totalBytes: number }>(
      `SELECT count(*)::int AS total, coalesce(sum(bytes), 0)::float8 AS "totalBytes" FROM ${from}`,
      { type: QueryTypes.SELECT },
    );
    return row ?? { total: 0, totalBytes: 0 };
  }

  /** The marks of the source, which the target is to have. */
  async function requireOwnTarget() {
    const [originals, thumbnails] = await Promise.all([
      readBucketRecord(source, 'originals'),
      readBucketRecord(source, 'thumbnails'),
    ]);
    if (!originals || !thumbnails) {
      throw new StartupError('The store to move from has no mark. Start the service with it once, then try again.');
    }
    for (const bucket of buckets) {
      const found = await readBucketRecord(target, bucket);
      if (found && found.id !== originals.id) {
        throw new StartupError(
          `The ${bucket} of the store to move to belong to another installation (${found.id}) than this one (${originals.id}). Nothing was copied. Use empty buckets.`,
        );
      }
    }
    return { originals, thumbnails };
  }
}

export type MigrateStore = ReturnType<typeof migrateStoreOf>;

function createTally(): MigrationTally {
  return { copied: 0, copiedBytes: 0, there: 0 };
}
