import { randomBytes } from 'node:crypto';
import type { Sequelize, Transaction } from 'sequelize';
import { v7 as uuidV7 } from 'uuid';
import { AppError } from '../../../core/errors.ts';
import { originalKey } from '../../../core/storage/object-key.ts';
import { lockAccount } from '../../accounts/account-table.ts';
import type { Actor } from '../../kernel/actor.ts';
import { findFreeName } from './free-name.ts';
import { type IdempotentRequest, type KeyState, lookUpKey, writeKey } from './idempotency.ts';
import { beginUpload, findDeadHolder, growUpload, type Reserved, takenNames } from './upload-table.ts';

/** What is asked of an upload before its first byte is stored. */
export interface ClaimRequest {
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

export const defaultLeaseSeconds = 60;
const firstStepBytes = 256 * 1024;

/**
 * Writes the row of an upload, in one statement: it takes the name and the bytes of the quota (all of them when the
 * length is known, else a first step). With an Idempotency-Key that is a short transaction, because the key must be
 * looked up with the account locked. Throws `quota_exceeded`, `name_taken`, `token_not_valid`, `idempotency_running` and
 * `idempotency_mismatch`.
 */
export async function claimUpload(
  sequelize: Sequelize,
  actor: Actor,
  request: ClaimRequest,
  leaseSeconds = defaultLeaseSeconds,
): Promise<Claim> {
  const { idempotency } = request;
  if (!idempotency) return claimRow(sequelize, actor, request, leaseSeconds);
  return sequelize.transaction(async (transaction) => {
    await lockAccount(transaction, actor.accountId);
    const state = await lookUpKey(sequelize, actor.accountId, idempotency, transaction);
    if (state.kind !== 'free') return state;
    const claim = await claimRow(transaction, actor, request, leaseSeconds);
    if (claim.kind === 'claimed') {
      await writeKey(sequelize, actor.accountId, idempotency, claim.upload.imageId, transaction);
    }
    return claim;
  });
}

/** Takes the name that was asked for, else the next one with a number: whoever is quicker has it, and the search goes on. */
async function claimRow(
  on: Sequelize | Transaction,
  actor: Actor,
  request: ClaimRequest,
  leaseSeconds: number,
): Promise<Claim> {
  const ownerId = actor.accountId;
  const imageId = uuidV7();
  const objectKey = originalKey(imageId, randomBytes(16).toString('hex'));
  const reservation = reservationFor(actor, request);
  let name = request.name;
  for (;;) {
    const row = { ownerId, imageId, name: name ?? imageId, objectKey, leaseSeconds, ...reservation };
    const reserved = await beginUpload(on, row);
    if (reserved.outcome === 'reserved') {
      return { kind: 'claimed', upload: { imageId, ownerId, objectKey, name, reservedBytes: reserved.bytes } };
    }
    if (reserved.outcome !== 'refused') throw refusal(reserved);
    if (request.name === null) throw new Error('a new id is taken');
    const dead = await findDeadHolder(on, ownerId, request.name);
    if (dead) return { kind: 'dead', ...dead };
    if (request.onConflict === 'error') throw nameTaken(request.name);
    name = await findFreeName(request.name, (names) => takenNames(on, ownerId, names));
  }
}

function reservationFor(actor: Actor, request: ClaimRequest) {
  const { contentLength } = request;
  if (contentLength !== undefined) return { wantedBytes: contentLength, atLeastBytes: contentLength };
  return { wantedBytes: Math.min(firstStepBytes, mostBytes(actor, request)), atLeastBytes: 1 };
}

/** What an upload can have at most. To reserve more would keep others out for nothing. */
export function mostBytes(actor: Actor, { maxContentLength }: ClaimRequest): number {
  return Math.min(actor.tier.maxUploadBytes, maxContentLength ?? Number.POSITIVE_INFINITY);
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
  const { ownerId, imageId, reservedBytes } = upload;
  const atLeastBytes = neededBytes - reservedBytes;
  const step = Math.min(Math.max(firstStepBytes, reservedBytes), maxStepBytes);
  const wantedBytes = Math.max(atLeastBytes, Math.min(step, maxBytes - reservedBytes));
  const reserved = await growUpload(sequelize, { ownerId, imageId, wantedBytes, atLeastBytes });
  if (reserved.outcome === 'refused') throw uploadEnded();
  if (reserved.outcome !== 'reserved') throw refusal(reserved, reservedBytes);
  upload.reservedBytes += reserved.bytes;
}

function refusal(refused: Exclude<Reserved, { outcome: 'reserved' | 'refused' }>, heldBytes = 0): AppError {
  if (refused.outcome === 'account_ended') return accountEnded();
  const { quotaBytes, leftBytes } = refused;
  return new AppError(
    'quota_exceeded',
    `The tier keeps ${quotaBytes} bytes of originals, and ${leftBytes + heldBytes} of them are free. Delete images, or ask for a larger tier.`,
  );
}

export function accountEnded(): AppError {
  return new AppError('token_not_valid', 'The account was deactivated or deleted meanwhile.');
}

/** Somebody else ended the upload: its lease was not renewed in time. */
export function uploadEnded(): AppError {
  return new AppError('unavailable', 'The upload took a pause that was too long for it. Send it again.');
}
