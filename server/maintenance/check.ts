import type { ObjectStore } from '../../core/storage/object-store.ts';
import type { RecordAudit } from '../audit/record-audit.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { Database } from '../models.ts';
import { adoptOriginalOf } from './check/adopt-original.ts';
import { checkBytes } from './check/check-bytes.ts';
import { checkOriginals } from './check/check-originals.ts';
import { checkThumbnails } from './check/check-thumbnails.ts';
import type { CheckProgress, Finding, FindingKind } from './check/findings.ts';

export type { CheckProgress, Finding } from './check/findings.ts';

export interface CheckDeps extends Database {
  store: ObjectStore;
  recordAudit: RecordAudit;
  jobs: Pick<Jobs, 'enqueue'>;
}

export interface CheckOptions {
  /** Adopts unknown originals, and has missing thumbnails made. Deletes nothing. */
  fix?: boolean;
  /** Deletes what neither a row nor a tombstone names; with `fix`, only what could not be adopted. */
  deleteOrphans?: boolean;
  /**
   * How many originals, chosen at random, are read and compared with their hash; 100 without it. With 0, the types of
   * thumbnails, which cost a request each, are not compared either.
   */
  hashes?: number | 'all';
  onFinding?(finding: Finding): void;
  onProgress?(progress: CheckProgress): void;
  signal?: AbortSignal;
}

export interface CheckReport {
  /** How many findings of each kind, whatever was done about them. */
  found: Readonly<Record<FindingKind, number>>;
  adopted: number;
  fixed: number;
  deleted: number;
  /** Findings that are still true. */
  left: number;
}

/**
 * Compares database and store in both directions, also while the service runs. Without options it only looks. Whatever
 * it would change it looks at again just before.
 */
export function checkOf({ sequelize, models, store, recordAudit, jobs }: CheckDeps) {
  const adoptOriginal = adoptOriginalOf({ sequelize, models, store, recordAudit });
  return async (options: CheckOptions = {}): Promise<CheckReport> => {
    const { fix = false, deleteOrphans = false, hashes = 100, signal = new AbortController().signal } = options;
    const report = createReport();
    const run = {
      fix,
      deleteOrphans,
      signal,
      onFinding: (finding: Finding) => {
        count(report, finding);
        options.onFinding?.(finding);
      },
      onProgress: options.onProgress ?? (() => {}),
    };
    await checkOriginals({ sequelize, models, store, adoptOriginal }, run);
    await checkThumbnails({ sequelize, models, store }, { ...run, types: hashes !== 0 });
    await checkBytes({ models, store }, hashes, run);
    // Whatever lacks a thumbnail gets it, also where nothing waits for it; a server that runs begins at once.
    if (fix) await jobs.enqueue('reprocess', { scope: { which: 'all' } }, { dedupe: 'all' });
    return report;
  };
}

export type Check = ReturnType<typeof checkOf>;

function createReport() {
  const found: Record<FindingKind, number> = {
    original_missing: 0,
    thumbnail_missing: 0,
    thumbnail_changed: 0,
    bytes_changed: 0,
    original_unknown: 0,
    thumbnails_unknown: 0,
    object_unknown: 0,
  };
  return { found, adopted: 0, fixed: 0, deleted: 0, left: 0 };
}

function count(report: ReturnType<typeof createReport>, finding: Finding): void {
  report.found[finding.kind] += 1;
  const outcome = 'outcome' in finding ? finding.outcome : 'fixed' in finding && finding.fixed ? 'fixed' : 'left';
  report[outcome] += 1;
}
