import { createHash } from 'node:crypto';
import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { AppError } from '../../../core/errors.ts';

/** An `Idempotency-Key` and the request that it stands for, without its body. */
export interface IdempotentRequest {
  key: string;
  method: string;
  /** The plain path, whatever alias was called. */
  path: string;
  /** Of everything in the request that has a meaning, but the body: that is compared by the image's own hash. */
  fingerprint: string;
}

/**
 * - `free`: nobody used the key, or what it stood for is gone
 * - `seen`: this image came of it
 * - `dead`: the process that received the first request died
 */
export type KeyState =
  | { kind: 'free' }
  | { kind: 'seen'; imageId: string; sha256: string }
  | { kind: 'dead'; imageId: string; objectKey: string };

const retrySeconds = 2;

/** The same string for the same name and parameters. */
export function fingerprintOf(parts: { name: string | null; query: Record<string, string> }): string {
  const query = Object.entries(parts.query).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([parts.name, query]))
    .digest('hex');
}

/**
 * What a key stands for, with the account's row locked by the caller, so that of two equal requests one goes first.
 * The key's row belongs to the image's row: whatever ends that (a failure, the sweep after a crash, a deletion) frees
 * the key. Throws `idempotency_running` and `idempotency_mismatch`.
 */
export async function lookUpKey(
  sequelize: Sequelize,
  accountId: string,
  request: IdempotentRequest,
  transaction: Transaction,
): Promise<KeyState> {
  const scope = [accountId, request.method, request.path, request.key];
  const where = 'account_id = $1 AND method = $2 AND path = $3 AND key = $4';
  await sequelize.query(
    `DELETE FROM idempotency_keys WHERE ${where} AND (created_at < now() - interval '24 hours' OR image_id IS NULL)`,
    { type: QueryTypes.DELETE, bind: scope, transaction },
  );
  const [found] = await sequelize.query<{
    fingerprint: string;
    imageId: string;
    objectKey: string;
    sha256: string | null;
    isRunning: boolean;
  }>(
    `SELECT request_fingerprint AS fingerprint, image.id AS "imageId", object_key AS "objectKey", sha256,
       COALESCE(upload_lease_until > now(), false) AS "isRunning"
     FROM idempotency_keys JOIN images image ON image.id = image_id WHERE ${where}`,
    { type: QueryTypes.SELECT, bind: scope, transaction },
  );
  if (!found) return { kind: 'free' };
  if (found.sha256 === null && !found.isRunning) return { kind: 'dead', ...found };
  if (found.fingerprint !== request.fingerprint) throw idempotencyMismatch();
  if (found.sha256 !== null) return { kind: 'seen', imageId: found.imageId, sha256: found.sha256 };
  throw new AppError('idempotency_running', 'The first request with this key still runs. Ask again in a moment.', {
    retryAfterSeconds: retrySeconds,
  });
}

export async function writeKey(
  sequelize: Sequelize,
  accountId: string,
  request: IdempotentRequest,
  imageId: string,
  transaction: Transaction,
): Promise<void> {
  await sequelize.query(
    `INSERT INTO idempotency_keys (account_id, method, path, key, request_fingerprint, image_id)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    {
      type: QueryTypes.INSERT,
      bind: [accountId, request.method, request.path, request.key, request.fingerprint, imageId],
      transaction,
    },
  );
}

export function idempotencyMismatch(): AppError {
  return new AppError(
    'idempotency_mismatch',
    'This Idempotency-Key was used for another name, query or body. Use a new key for a new request.',
  );
}
