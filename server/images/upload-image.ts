import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { Logger } from 'pino';
import { createTurns, type TakeTurn } from '../../core/async/turns.ts';
import type { Image } from '../../core/contracts/image.ts';
import { AppError } from '../../core/errors.ts';
import type { ObjectStore } from '../../core/storage/object-store.ts';
import type { Actor } from '../kernel/actor.ts';
import type { Database } from '../models.ts';
import type { TierRules } from '../tiers/tier-rules.ts';
import type { PresentImage } from './image.presenter.ts';
import { nameOfId } from './image-name.ts';
import { findStoredImage, type StoredImage } from './image-table.ts';
import {
  type Claim,
  type ClaimRequest,
  claimUpload,
  defaultLeaseSeconds,
  growReservation,
  mostBytes,
  type RunningUpload,
} from './upload/claim-upload.ts';
import { endUpload } from './upload/end-upload.ts';
import { idempotencyMismatch } from './upload/idempotency.ts';
import { type AlsoWrite, keepUpload } from './upload/keep-upload.ts';
import { originalMetadata } from './upload/original-metadata.ts';
import { receiveOriginal, StoreFailure } from './upload/receive-original.ts';
import { keepLease } from './upload/upload-lease.ts';

export interface UploadImageDeps extends Database {
  store: ObjectStore;
  presentImage: PresentImage;
  logger: Logger;
  /** Width times height of what is taken; more is `too_many_pixels`. */
  maxPixels: number;
  /** Told of every original as soon as it is durable: a hint, for whoever makes thumbnails in this process. */
  announceOriginal?: ((original: { originalKey: string; ownerId: string }) => void) | undefined;
  /** How long a process may be silent before its uploads count as dead. */
  leaseSeconds?: number;
}

export interface UploadInput extends ClaimRequest {
  /** The bytes. It ends when all of them are there, and fails when they are not what was announced. */
  body: Readable;
  /** Aborts when nobody waits for the answer any more: then nothing is kept. */
  signal?: AbortSignal;
  alsoWrite?: AlsoWrite;
}

export interface Uploaded {
  image: Image;
  /** It came of an earlier request with the same Idempotency-Key. */
  replayed: boolean;
}

interface Deps extends UploadImageDeps {
  /** By account: its row is locked by whoever claims, keeps or ends an upload. */
  takeTurn: TakeTurn;
}

/**
 * Takes in one image. When it resolves, the original and its row are durable, and thumbnails will come; when it rejects,
 * nothing of it is left, or will be left when the sweep has passed.
 */
export function uploadImageOf(given: UploadImageDeps) {
  const deps: Deps = { ...given, takeTurn: createTurns() };
  return async function uploadImage(actor: Actor, input: UploadInput): Promise<Uploaded> {
    refuseTooLarge(actor.tier, input.contentLength);
    const claim = await claimOrEndDead(deps, actor, input);
    if (claim.kind === 'seen') return replay(deps, actor, input, claim);
    const { image, tier } = await receiveAndKeep(deps, actor, input, claim.upload);
    return { image: deps.presentImage(image, tier), replayed: false };
  };
}

export type UploadImage = ReturnType<typeof uploadImageOf>;

function refuseTooLarge(tier: TierRules, bytes = 0): void {
  if (bytes <= tier.maxUploadBytes) return;
  throw new AppError('too_large', `The tier takes images of ${tier.maxUploadBytes} bytes at most. Send a smaller one.`);
}

type LiveClaim = Exclude<Claim, { kind: 'dead' }>;

/** A key and a name that a dead process left behind are free as soon as its lease is past. */
function claimOrEndDead(deps: Deps, actor: Actor, request: ClaimRequest): Promise<LiveClaim> {
  return deps.takeTurn(actor.accountId, async () => {
    for (;;) {
      const claim = await claimUpload(deps.sequelize, actor, request, deps.leaseSeconds);
      if (claim.kind !== 'dead') return claim;
      await endUpload(deps, { ...claim, ownerId: actor.accountId, mayHaveObject: true });
    }
  });
}

async function receiveAndKeep(deps: Deps, actor: Actor, input: UploadInput, upload: RunningUpload) {
  const { sequelize, store, logger, leaseSeconds = defaultLeaseSeconds } = deps;
  const lost = new AbortController();
  const signal = input.signal ? AbortSignal.any([lost.signal, input.signal]) : lost.signal;
  const lease = keepLease({ sequelize, logger, leaseSeconds }, upload, (error) => lost.abort(error));
  let mayHaveObject = false;
  try {
    const original = await receiveOriginal(store, input.body, {
      objectKey: upload.objectKey,
      contentLength: input.contentLength,
      maxPixels: deps.maxPixels,
      allow: (bytes) => allowBytes(deps, actor, upload, { bytes, maxBytes: mostBytes(actor, input) }),
      describe: (type) => originalMetadata(actor, { ...upload, name: upload.name ?? nameOfId(upload.imageId, type) }),
      signal,
    });
    mayHaveObject = true;
    deps.announceOriginal?.({ originalKey: upload.objectKey, ownerId: upload.ownerId });
    signal.throwIfAborted();
    return await deps.takeTurn(upload.ownerId, () => keepUpload(deps, upload, original, input.alsoWrite));
  } catch (error) {
    mayHaveObject ||= error instanceof StoreFailure;
    const ending = deps.takeTurn(upload.ownerId, () => endUpload(deps, { ...upload, mayHaveObject }));
    // Without a turn the sweep ends it; the error that counts is the first.
    const outcome = await ending.catch(() => 'ended' as const);
    const image = outcome === 'stored' ? await findStoredImage(sequelize, upload.ownerId, upload.imageId) : null;
    if (image) return { image, tier: actor.tier };
    throw error instanceof StoreFailure ? error.cause : error;
  } finally {
    lease.stop();
  }
}

function allowBytes(
  { sequelize, takeTurn }: Deps,
  actor: Actor,
  upload: RunningUpload,
  { bytes, maxBytes }: { bytes: number; maxBytes: number },
): Promise<void> | undefined {
  refuseTooLarge(actor.tier, bytes);
  if (bytes <= upload.reservedBytes) return undefined;
  return takeTurn(upload.ownerId, () => growReservation(sequelize, upload, { neededBytes: bytes, maxBytes }));
}

/** Reads the body for its hash alone; the same image comes out, presented anew. */
async function replay(
  { sequelize, presentImage }: UploadImageDeps,
  actor: Actor,
  { body }: UploadInput,
  seen: { imageId: string; sha256: string },
): Promise<Uploaded> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    refuseTooLarge(actor.tier, bytes);
    hash.update(chunk);
  }
  if (hash.digest('hex') !== seen.sha256) throw idempotencyMismatch();
  const image: StoredImage | null = await findStoredImage(sequelize, actor.accountId, seen.imageId);
  if (!image) throw new AppError('conflict', 'The image was deleted during the upload. Send it again.');
  return { image: presentImage(image, actor.tier), replayed: true };
}
