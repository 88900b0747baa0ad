import type { Readable } from 'node:stream';

/** The two buckets. Their real names are the driver's business. */
export type Bucket = 'originals' | 'thumbnails';

/** User metadata of an object (S3's `x-amz-meta-*`): lower-case names, ASCII values, 2 KB in all. */
export type ObjectMetadata = Record<string, string>;

export interface ObjectInfo {
  bytes: number;
  contentType: string;
  /** With its quotes, as HTTP has it. */
  etag: string;
  lastModified: Date;
  metadata: ObjectMetadata;
}

export interface PutOptions {
  contentType: string;
  /** Bytes, when known beforehand. A body of another length is an error and leaves nothing. */
  contentLength?: number;
  metadata?: ObjectMetadata;
  signal?: AbortSignal;
  /** The body's SHA-256 in hex, where whoever gives the body computes it anyway. Asked for after the body's end. */
  sha256?: () => string;
}

/** A small object that is there as a whole. */
export interface NewObject extends PutOptions {
  key: string;
  body: Uint8Array;
}

export interface ByteRange {
  /** First byte, from 0. */
  start: number;
  /** Last byte, included. */
  end: number;
}

export interface GetOptions {
  range?: ByteRange | undefined;
  signal?: AbortSignal | undefined;
  /** Bytes of the body that are to come at once, where the driver has a choice: for those who need the whole anyway. */
  pieceBytes?: number | undefined;
}

export interface StoredObject extends ObjectInfo {
  body: Readable;
  /** What part of the object `body` is, when a range was asked for. */
  range?: ByteRange;
}

export interface ObjectSummary {
  key: string;
  bytes: number;
  lastModified: Date;
}

export interface PresignGetOptions {
  /** When the signature starts to count. */
  signedAt: Date;
  /** Whole seconds from `signedAt` until the URL ends; at most 604800. */
  expiresInSeconds: number;
  /** What the store is to answer as Content-Disposition. */
  contentDisposition?: string;
}

export interface PresignedUrl {
  url: string;
  expiresAt: Date;
}

/**
 * Where bytes live. Drivers are dumb: they hold bytes under keys and know nothing of images.
 * Every method rejects with AppError `unavailable` when the store does not answer in time, refuses its credentials
 * or is full; the cause says which, for the log alone.
 */
export interface ObjectStore {
  /**
   * Streams the body in, replacing what was there. Resolves when the object is durable (it survives a power cut);
   * when the body fails or the signal aborts, it rejects with that very error and nothing stays behind. It never
   * destroys the body, which may be a request that is still to be answered.
   */
  put(bucket: Bucket, key: string, body: Readable | Uint8Array, options: PutOptions): Promise<ObjectInfo>;
  /**
   * Puts several small objects of one picture; the last one appears after the others. When one fails, some may be there.
   * In a folder they share one sync when they share a folder.
   */
  putMany(bucket: Bucket, objects: readonly NewObject[]): Promise<ObjectInfo[]>;
  /** Null when there is no such object. A range past the end is clamped; one that starts past it is a RangeError. */
  get(bucket: Bucket, key: string, options?: GetOptions): Promise<StoredObject | null>;
  head(bucket: Bucket, key: string): Promise<ObjectInfo | null>;
  /** Deletes what is there; a key that is not there is no error. */
  delete(bucket: Bucket, keys: readonly string[]): Promise<void>;
  /** Every object whose key starts with the prefix, in key order, page by page. */
  list(bucket: Bucket, prefix: string): AsyncIterable<ObjectSummary>;
  /** A URL that anybody may GET until it ends (SigV4 in the query). Never past the end of the credentials. */
  presignGet(bucket: Bucket, key: string, options: PresignGetOptions): PresignedUrl;
  /** Resolves when both buckets can be used, within two seconds; rejects with `unavailable` otherwise. */
  check(): Promise<void>;
  close(): Promise<void>;
}
