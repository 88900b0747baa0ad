import type { Sequelize, Transaction } from 'sequelize';
import { defineStatement, execute, executeForOne } from '../../db/statement.ts';
import { type TierRules, tierRulesSql } from '../../tiers/tier-rules.ts';
import type { StoredImage } from '../image-table.ts';
import { imageEventsSql } from '../record-image-change.ts';

/**
 * The rows of `images` whose upload still runs: how they begin, grow, become images and end. Each statement locks the
 * account first, so that uploads side by side never take the same byte of the quota; it does so in a sub-query that reads
 * the tier apart, because a join would find nobody when the account gets another tier just then.
 */

const lockedAccount = `account AS MATERIALIZED (
    SELECT a.id, a.is_active, a.tier_id, a.used_bytes,
      (SELECT COALESCE(t.quota_bytes, 9223372036854775807) FROM tiers t WHERE t.id = a.tier_id) AS quota_bytes
    FROM accounts a WHERE a.id = $1 FOR NO KEY UPDATE)`;

/** What a bigint can hold stands for no quota; an account whose tier is newer than the statement has null. */
const noQuota = Number('9223372036854775807');

interface ReservedRow {
  isActive: boolean;
  usedBytes: number;
  quotaBytes: number | null;
  /** Null: nothing was reserved. */
  reservedBytes: number | null;
}

const reservedColumns = { isActive: 'bool', usedBytes: 'int8', quotaBytes: 'int8', reservedBytes: 'int8' } as const;
const reservedResult = `SELECT account.is_active AS "isActive", account.used_bytes AS "usedBytes",
    account.quota_bytes AS "quotaBytes", claimed.reserved_bytes AS "reservedBytes"
  FROM account LEFT JOIN claimed ON true`;

export type Reserved =
  | { outcome: 'reserved'; bytes: number }
  | { outcome: 'account_ended' }
  | { outcome: 'quota_exceeded'; quotaBytes: number; leftBytes: number }
  /** A name that is taken, or an upload that has ended. */
  | { outcome: 'refused' };

function toReserved(row: ReservedRow | null, atLeastBytes: number): Reserved | 'again' {
  if (!row?.isActive) return { outcome: 'account_ended' };
  if (row.reservedBytes !== null) return { outcome: 'reserved', bytes: row.reservedBytes };
  if (row.quotaBytes === null) return 'again';
  const leftBytes = Math.max(0, row.quotaBytes - row.usedBytes);
  if (row.quotaBytes < noQuota && leftBytes < atLeastBytes) {
    return { outcome: 'quota_exceeded', quotaBytes: row.quotaBytes, leftBytes };
  }
  return { outcome: 'refused' };
}

type BeginValues = [
  ownerId: string,
  imageId: string,
  name: string,
  objectKey: string,
  wantedBytes: number,
  atLeastBytes: number,
  leaseSeconds: number,
];

const begin = defineStatement<ReservedRow, BeginValues>({
  name: 'uploads.begin',
  columns: reservedColumns,
  text: `WITH ${lockedAccount},
    claimed AS (
      INSERT INTO images (id, owner_id, name, state, object_key, reserved_bytes, upload_lease_until)
      SELECT $2, account.id, $3, 'uploading', $4, LEAST($5::bigint, quota_bytes - used_bytes),
        now() + make_interval(secs => $7)
      FROM account WHERE is_active AND LEAST($5::bigint, quota_bytes - used_bytes) >= $6::bigint
      ON CONFLICT (owner_id, name) DO NOTHING
      RETURNING owner_id, reserved_bytes),
    reserved AS (
      UPDATE accounts SET used_bytes = accounts.used_bytes + claimed.reserved_bytes
      FROM claimed WHERE accounts.id = claimed.owner_id)
    ${reservedResult}`,
});

export interface UploadToBegin {
  ownerId: string;
  imageId: string;
  name: string;
  objectKey: string;
  /** Bytes of the quota that would be good to have, and those without which it makes no sense. */
  wantedBytes: number;
  atLeastBytes: number;
  leaseSeconds: number;
}

/** Writes the row of an upload and takes its bytes of the quota. `refused`: the name is taken. */
export async function beginUpload(on: Sequelize | Transaction, upload: UploadToBegin): Promise<Reserved> {
  const { ownerId, imageId, name, objectKey, wantedBytes, atLeastBytes, leaseSeconds } = upload;
  for (;;) {
    const values: BeginValues = [ownerId, imageId, name, objectKey, wantedBytes, atLeastBytes, leaseSeconds];
    const reserved = toReserved(await executeForOne(on, begin, values), atLeastBytes);
    if (reserved !== 'again') return reserved;
  }
}

const grow = defineStatement<
  ReservedRow,
  [ownerId: string, imageId: string, wantedBytes: number, atLeastBytes: number]
>({
  name: 'uploads.grow',
  columns: reservedColumns,
  text: `WITH ${lockedAccount},
    claimed AS (
      UPDATE images SET reserved_bytes = reserved_bytes + LEAST($3::bigint, account.quota_bytes - account.used_bytes)
      FROM account
      WHERE images.id = $2 AND images.owner_id = account.id AND images.state = 'uploading' AND account.is_active
        AND LEAST($3::bigint, account.quota_bytes - account.used_bytes) >= $4::bigint
      RETURNING images.owner_id, LEAST($3::bigint, account.quota_bytes - account.used_bytes) AS reserved_bytes),
    reserved AS (
      UPDATE accounts SET used_bytes = accounts.used_bytes + claimed.reserved_bytes
      FROM claimed WHERE accounts.id = claimed.owner_id)
    ${reservedResult}`,
});

/** Takes more bytes of the quota for a running upload. `refused`: the upload has ended. */
export async function growUpload(
  on: Sequelize | Transaction,
  { ownerId, imageId, wantedBytes, atLeastBytes }: Omit<UploadToBegin, 'name' | 'objectKey' | 'leaseSeconds'>,
): Promise<Reserved> {
  for (;;) {
    const row = await executeForOne(on, grow, [ownerId, imageId, wantedBytes, atLeastBytes]);
    const reserved = toReserved(row, atLeastBytes);
    if (reserved !== 'again') return reserved;
  }
}

export interface OriginalFacts {
  name: string;
  contentType: string;
  bytes: number;
  /** In hex. */
  sha256: string;
  width: number;
  height: number;
}

/** Without its thumbnails: they are read where the image is settled already. */
type KeptImage = Omit<StoredImage, 'thumbnails'>;

type KeptRow = { isActive: boolean; tier: TierRules | null; announced: string | null } & {
  [Field in keyof KeptImage]: KeptImage[Field] | null;
};

type FinishValues = [
  ownerId: string,
  imageId: string,
  name: string,
  contentType: string,
  bytes: number,
  sha256: string,
  width: number,
  height: number,
  reservedBytes: number,
];

const finish = defineStatement<KeptRow, FinishValues>({
  name: 'uploads.finish',
  columns: {
    isActive: 'bool',
    tier: 'json',
    announced: 'text',
    id: 'uuid',
    ownerId: 'uuid',
    name: 'text',
    objectKey: 'text',
    contentType: 'text',
    bytes: 'int8',
    width: 'int4',
    height: 'int4',
    sha256: 'text',
    status: 'text',
    failureCode: 'text',
    failureMessage: 'text',
    warnings: '_text',
    placeholder: 'text',
    crashCount: 'int4',
    createdAt: 'timestamptz',
    updatedAt: 'timestamptz',
  },
  text: `WITH ${lockedAccount},
    kept AS (
      UPDATE images SET state = 'stored', upload_lease_until = NULL, reserved_bytes = 0, name = $3, content_type = $4,
        bytes = $5, sha256 = $6, width = COALESCE(width, $7), height = COALESCE(height, $8),
        created_at = clock_timestamp(), updated_at = clock_timestamp(),
        work_due_at = COALESCE(work_due_at, now() + interval '1 minute')
      FROM account
      WHERE images.id = $2 AND images.owner_id = account.id AND images.state = 'uploading'
        AND images.upload_lease_until > now() AND account.is_active
      RETURNING images.*),
    counted AS (
      UPDATE accounts SET used_bytes = GREATEST(0, accounts.used_bytes - $9::bigint + kept.bytes),
        image_count = image_count + 1, images_version = images_version + 1
      FROM kept WHERE accounts.id = kept.owner_id
      RETURNING accounts.id),
    noted AS (${imageEventsSql.noted('SELECT counted.id, $2::uuid, false FROM counted')})
    SELECT account.is_active AS "isActive",
      (SELECT ${tierRulesSql('t')} FROM tiers t WHERE t.id = account.tier_id) AS tier,
      (SELECT ${imageEventsSql.announce()} FROM noted) AS announced,
      kept.id, kept.owner_id AS "ownerId", kept.name, kept.object_key AS "objectKey",
      kept.content_type AS "contentType", kept.bytes, kept.width, kept.height, kept.sha256, kept.status,
      kept.failure_code AS "failureCode", kept.failure_message AS "failureMessage", kept.warnings, kept.placeholder,
      kept.crash_count AS "crashCount", kept.created_at AS "createdAt", kept.updated_at AS "updatedAt"
    FROM account LEFT JOIN kept ON true`,
});

export type Finished =
  /** Null: the account got a tier just then that is newer than the statement. */
  | { outcome: 'kept'; image: KeptImage; tier: TierRules | null }
  | { outcome: 'account_ended' }
  | { outcome: 'upload_ended' };

/**
 * The moment at which an upload becomes an image: what its bytes are is written, the quota becomes exact, and everybody
 * who listens is told.
 */
export async function finishUpload(
  on: Sequelize | Transaction,
  { ownerId, imageId, reservedBytes }: { ownerId: string; imageId: string; reservedBytes: number },
  original: OriginalFacts,
): Promise<Finished> {
  const { name, contentType, bytes, sha256, width, height } = original;
  const values: FinishValues = [
    ...([ownerId, imageId, name, contentType] as const),
    ...([bytes, sha256, width, height, reservedBytes] as const),
  ];
  const row = await executeForOne(on, finish, values);
  if (!row?.isActive) return { outcome: 'account_ended' };
  const { isActive: _, announced: __, tier, ...image } = row;
  if (image.id === null) return { outcome: 'upload_ended' };
  return { outcome: 'kept', image: image as KeptImage, tier };
}

const findTakenNames = defineStatement<{ name: string }, [ownerId: string, names: string[]]>({
  name: 'uploads.taken-names',
  columns: { name: 'text' },
  text: 'SELECT name FROM images WHERE owner_id = $1 AND name = ANY ($2::text[])',
});

/** Which of these names an account has in use, by running uploads too. */
export async function takenNames(
  on: Sequelize | Transaction,
  ownerId: string,
  names: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await execute(on, findTakenNames, [ownerId, [...names]]);
  return new Set(rows.map(({ name }) => name));
}

const findDead = defineStatement<{ imageId: string; objectKey: string }, [ownerId: string, name: string]>({
  name: 'uploads.dead-holder',
  columns: { imageId: 'uuid', objectKey: 'text' },
  text: `SELECT id AS "imageId", object_key AS "objectKey" FROM images
    WHERE owner_id = $1 AND name = $2 AND state = 'uploading' AND upload_lease_until < now()`,
});

/** The upload that holds a name, when the process that received it died: nobody ever saw an image of this name. */
export function findDeadHolder(on: Sequelize | Transaction, ownerId: string, name: string) {
  return executeForOne(on, findDead, [ownerId, name]);
}
