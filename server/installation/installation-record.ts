import { text } from 'node:stream/consumers';
import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { z } from 'zod';
import { installationKey } from '../../core/storage/object-key.ts';
import type { Bucket, ObjectStore } from '../../core/storage/object-store.ts';
import { takeAdvisoryLock } from '../db/advisory-locks.ts';
import { StartupError } from '../process/startup-error.ts';
import type { SecretsFingerprint } from './secrets-fingerprint.ts';

/** What database and buckets keep: whose they are, and which secrets its servers have (null: not known yet). */
export interface InstallationRecord {
  id: string;
  secrets: SecretsFingerprint | null;
}

const secretsSchema = z.object({ JWT_SECRET: z.string(), LINK_SECRET: z.string(), SESSION_SECRET: z.string() });
const recordSchema = z.object({ id: z.uuid(), secrets: secretsSchema.nullable().catch(null) });

/** Servers that start at once take turns until the transaction ends. */
export async function lockInstallation(sequelize: Sequelize, transaction: Transaction): Promise<void> {
  await takeAdvisoryLock(sequelize, 'installation', transaction);
}

export async function readDatabaseRecord(
  sequelize: Sequelize,
  transaction: Transaction,
): Promise<InstallationRecord | null> {
  const [row] = await sequelize.query<{ id: string; secrets: string | null }>(
    'SELECT id, secrets_fingerprint AS secrets FROM installation',
    { type: QueryTypes.SELECT, transaction },
  );
  return row ? recordSchema.parse({ id: row.id, secrets: parseJson(row.secrets ?? 'null') }) : null;
}

export async function writeDatabaseRecord(
  sequelize: Sequelize,
  { id, secrets }: InstallationRecord,
  transaction: Transaction,
): Promise<void> {
  await sequelize.query(
    `INSERT INTO installation (id, secrets_fingerprint) VALUES ($1, $2)
     ON CONFLICT (only_row) DO UPDATE SET id = excluded.id, secrets_fingerprint = excluded.secrets_fingerprint`,
    { bind: [id, secrets && JSON.stringify(secrets)], transaction },
  );
}

/** Null when the bucket has none. A StartupError when it has one that nobody can read: it is somebody's, and stays. */
export async function readBucketRecord(store: ObjectStore, bucket: Bucket): Promise<InstallationRecord | null> {
  const object = await store.get(bucket, installationKey);
  if (!object) return null;
  const { success, data } = recordSchema.safeParse(parseJson(await text(object.body)));
  if (!success) {
    throw new StartupError(
      `The bucket of the ${bucket} has a ${installationKey} that cannot be read: it should tell which installation the bucket belongs to. Put it back from a backup; or, if the bucket is yours, delete it and run: npm run manage -- adopt`,
    );
  }
  return data;
}

export async function writeBucketRecord(store: ObjectStore, bucket: Bucket, record: InstallationRecord): Promise<void> {
  const body = Buffer.from(`${JSON.stringify(record)}\n`);
  await store.put(bucket, installationKey, body, { contentType: 'application/json', contentLength: body.length });
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
