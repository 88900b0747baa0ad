import type { Bucket } from '../../../core/storage/object-store.ts';

/** An object that the target does not have at the end, because the source has not what the database says. */
export interface MigrationFinding {
  kind: 'missing' | 'differs';
  bucket: Bucket;
  imageId: string;
  /** What of the image it is: `its original`, `its thumbnail 200 (same)`. */
  what: string;
  /** How it differs; empty when it is missing. */
  detail: string;
}

export interface MigrationTally {
  /** Copied in this run; in a dry run: that would be. */
  copied: number;
  copiedBytes: number;
  /** In the target already, with the right length (and hash, where that was asked for). */
  there: number;
}

export interface MigrationReport extends Readonly<Record<Bucket, Readonly<MigrationTally>>> {
  findings: number;
}

export interface MigrationProgress {
  bucket: Bucket;
  /** Objects that were looked at, of those that the database names. */
  done: number;
  total: number;
  doneBytes: number;
  totalBytes: number;
}

export interface MigrationOptions {
  /** Looks, and copies nothing. */
  dryRun?: boolean;
  /** Reads what is in the target already, too, and copies it again where its hash is wrong. */
  verify?: boolean;
  onFinding?(finding: MigrationFinding): void;
  onProgress?(progress: MigrationProgress): void;
  signal?: AbortSignal;
}
