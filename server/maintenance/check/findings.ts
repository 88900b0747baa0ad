import type { Bucket } from '../../../core/storage/object-store.ts';

/** One thing that is not as it should be, and what was done about it. */
export type Finding =
  /** An image whose original is not in the store. Nothing can bring it back from here. */
  | { kind: 'original_missing'; imageId: string; ownerId: string; name: string }
  /** A thumbnail that is not in the store; `fixed`: it is made anew. */
  | { kind: 'thumbnail_missing'; imageId: string; tierHeight: number; format: string; fixed: boolean }
  /** A thumbnail whose object has another size or type than its row; `fixed`: it is made again. */
  | {
      kind: 'thumbnail_changed';
      imageId: string;
      tierHeight: number;
      format: string;
      detail: string;
      fixed: boolean;
    }
  /** The bytes of an original are not the ones that were uploaded. */
  | { kind: 'bytes_changed'; imageId: string; ownerId: string; name: string; detail: string }
  /** An original that no row names: somebody's photograph until proven otherwise. */
  | {
      kind: 'original_unknown';
      key: string;
      bytes: number;
      outcome: 'left' | 'adopted' | 'deleted';
      /** Under which account and name, when adopted; why not, when it cannot be. */
      detail: string;
    }
  /** What was made of an original that neither a row nor a tombstone names; `objects` of them. */
  | { kind: 'thumbnails_unknown'; imageId: string; objects: number; outcome: 'left' | 'deleted' }
  /** An object with a key that this service does not make. */
  | { kind: 'object_unknown'; bucket: Bucket; key: string; bytes: number; outcome: 'left' | 'deleted' };

export type FindingKind = Finding['kind'];

export interface CheckProgress {
  phase: 'originals' | 'thumbnails' | 'bytes';
  done: number;
  /** An estimate. */
  total: number;
}

export interface CheckRun {
  /** Adopt unknown originals, and have missing thumbnails made anew. */
  fix: boolean;
  /** Delete what nothing names. */
  deleteOrphans: boolean;
  onFinding(finding: Finding): void;
  onProgress(progress: CheckProgress): void;
  signal: AbortSignal;
}
