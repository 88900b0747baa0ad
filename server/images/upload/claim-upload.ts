import { randomBytes } from 'node:crypto';
import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { v7 as uuidV7 } from 'uuid';
import { AppError } from '../../../core/errors.ts';
import { originalKey } from '../../../core/storage/object-key.ts';
import type { Actor } from '../../accounts/actor.ts';
import { lockAccount } from '../lock-image.ts';
import { findFreeName } from './free-name.ts';
import { type IdempotentRequest, type KeyState, lookUpKey, writeKey } from './idempotency.ts';
import { reserveBytes } from './quota.ts';

/** What an upload asks for before its first byte is stored. */
export interface UploadWish {
  /** Null: the image is named after its id. */
  name: string | null;
  onConflict: 'rename' | 'error';
  contentLength?: number;
  /** Of an upload of unknown length: it has no more bytes than these. */
  maxContentLength?: number;
  idempotency?: IdempotentRequest;
}

/** An upload that has its row: it holds a name, a part of the quota, and a lease. */
export interface RunningUpload {
  imageId: string;
  ownerId: string;
  objectKey: string;
  /** Null: named after the id as soon as the type is known. */
  name: string | null;
  reservedBytes: number;
}

/** Beside the claim itself: the image that an Idempotency-Key stands for, or a dead upload that is in the way. */
export type Claim = { kind: 'claimed'; upload: RunningUpload } | Exclude<KeyState, { kind: 'free' }>;

type DeadUpload = Pick<RunningUpload, 'imageId' | 'objectKey'>;

export const defaultLeaseSeconds = 60;
const firstStepBytes = 256 * 1024;

/**
 * Writes the row of an upload: in one short transaction it takes the name, the bytes of the quota (all of them when the
 * length is known, else a first step) and the Idempotency-Key. Throws `quota_exceeded`, `name_taken`,
 * `token_not_valid`, `idempotency_running` and `idempotency_mismatch`.
 */
export async function claimUpload(
  sequelize: Sequelize,
  actor: Actor,
  wish: UploadWish,
  leaseSeconds = defaultLeaseSeconds,
): Promise<Claim> {
  const { accountId } = actor;
  return sequelize.transaction(async (transaction) => {
    await lockAccount(sequelize, accountId, transaction);
    if (wish.idempotency) {
      const state = await lookUpKey(sequelize, accountId, wish.idempotency, transaction);
      if (state.kind !== 'free') return state;
    }
    const name = wish.name === null ? null : await freeName(sequelize, accountId, wish.name, transaction);
    if (wish.name !== null && name !== wish.name) {
      const dead = await findDeadHolder(sequelize, accountId, wish.name, transaction);
      if (dead) return { kind: 'dead', ...dead };
      if (wish.onConflict === 'error') throw nameTaken(wish.name);
    }
    const reservedBytes = await reserveBytes(sequelize, accountId, reservationFor(actor, wish), transaction);
    const imageId = uuidV7();
    const objectKey = originalKey(imageId, randomBytes(16).toString('hex'));
    await sequelize.query(
      `INSERT INTO images (id, owner_id, name, state, object_key, reserved_bytes, upload_lease_until)
       VALUES ($1, $2, $3, 'uploading', $4, $5, now() + make_interval(secs => $6))`,
      {
        type: QueryTypes.INSERT,
        bind: [imageId, accountId, name ?? imageId, objectKey, reservedBytes, leaseSeconds],
        transaction,
      },
    );
    if (wish.idempotency) await writeKey(sequelize, accountId, wish.idempotency, imageId, transaction);
    return { kind: 'claimed', upload: { imageId, ownerId: accountId, objectKey, name, reservedBytes } };
  });
}

function reservationFor(actor: Actor, wish: UploadWish) {
  const { contentLength } = wish;
  if (contentLength !== undefined) return { wanted: contentLength, atLeast: contentLength };
  return { wanted: Math.min(firstStepBytes, mostBytes(actor, wish)), atLeast: 1 };
}

/** What an upload can have at most. To reserve more would keep others out for nothing. */
export function mostBytes(actor: Actor, { maxContentLength }: UploadWish): number {
  return Math.min(actor.tier.maxUploadBytes, maxContentLength ?? Number.POSITIVE_INFINITY);
}

/** With the account's row locked, so that nobody takes the name meanwhile. */
function freeName(sequelize: Sequelize, ownerId: string, name: string, transaction: Transaction): Promise<string> {
  return findFreeName(name, async (names) => {
    const rows = await sequelize.query<{ name: string }>(
      'SELECT name FROM images WHERE owner_id = $1 AND name = ANY ($2::text[])',
      { type: QueryTypes.SELECT, bind: [ownerId, [...names]], transaction },
    );
    return new Set(rows.map((row) => row.name));
  });
}

/** The upload that holds a name, when the process that received it died: nobody ever saw an image of this name. */
async function findDeadHolder(
  sequelize: Sequelize,
  ownerId: string,
  name: string,
  transaction: Transaction,
): Promise<DeadUpload | undefined> {
  const [dead] = await sequelize.query<DeadUpload>(
    `SELECT id AS "imageId", object_key AS "objectKey" FROM images
     WHERE owner_id = $1 AND name = $2 AND state = 'uploading' AND upload_lease_until < now()`,
    { type: QueryTypes.SELECT, bind: [ownerId, name], transaction },
  );
  return dead;
}

export function nameTaken(name: string): AppError {
  return new AppError('name_taken', `You have an image called ${JSON.stringify(name)} already. Give another name.`);
}

const maxStepBytes = 8 * 1024 * 1024;

/**
 * Takes more of the quota for an upload of unknown length, which has come to need `neededBytes` in all: in growing
 * steps, so that a long one does not ask for every piece.
 */
export async function growReservation(
  sequelize: Sequelize,
  upload: RunningUpload,
  { neededBytes, maxBytes }: { neededBytes: number; maxBytes: number },
): Promise<void> {
  const atLeast = neededBytes - upload.reservedBytes;
  const step = Math.min(Math.max(firstStepBytes, upload.reservedBytes), maxStepBytes);
  const wanted = Math.max(atLeast, Math.min(step, maxBytes - upload.reservedBytes));
  const held = upload.reservedBytes;
  const granted = await sequelize.transaction(async (transaction) => {
    await lockAccount(sequelize, upload.ownerId, transaction);
    const bytes = await reserveBytes(sequelize, upload.ownerId, { wanted, atLeast, held }, transaction);
    const [, changed] = await sequelize.query(
      `UPDATE images SET reserved_bytes = reserved_bytes + $2 WHERE id = $1 AND state = 'uploading'`,
      { type: QueryTypes.UPDATE, bind: [upload.imageId, bytes], transaction },
    );
    if (changed === 0) throw uploadEnded();
    return bytes;
  });
  upload.reservedBytes += granted;
}

/** Somebody else ended the upload: its lease was not renewed in time. */
export function uploadEnded(): AppError {
  return new AppError('unavailable', 'The upload took a pause that was too long for it. Send it again.');
}
