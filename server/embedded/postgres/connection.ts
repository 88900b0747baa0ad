import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { writeFileDurably } from '../../process/durable-file.ts';

/** Both are base64url: safe in a URL and between the quotes of SQL. */
export interface Credentials {
  password: string;
  superuserPassword: string;
}

const host = '127.0.0.1';
const database = 'darkroom';
const owner = 'darkroom';

/** Made up at the first start, each in a file with mode 600. */
export async function loadCredentials(directory: string): Promise<Credentials> {
  return {
    password: await loadPassword(join(directory, 'password')),
    superuserPassword: await loadPassword(join(directory, 'superuser-password')),
  };
}

/** New ones in place of those in the files. PostgreSQL must be told of them by `setPasswords`. */
export async function replaceCredentials(directory: string): Promise<Credentials> {
  return {
    password: await makePassword(join(directory, 'password')),
    superuserPassword: await makePassword(join(directory, 'superuser-password')),
  };
}

/** SQL, a statement a line, that gives both roles their passwords. */
export function setPasswords({ password, superuserPassword }: Credentials): string {
  return `ALTER ROLE postgres PASSWORD '${superuserPassword}';\nALTER ROLE ${owner} PASSWORD '${password}';\n`;
}

async function loadPassword(file: string): Promise<string> {
  const kept = (await readFile(file, 'utf8').catch(() => '')).trim();
  return kept || makePassword(file);
}

async function makePassword(file: string): Promise<string> {
  const password = randomBytes(32).toString('base64url');
  await writeFileDurably(file, `${password}\n`);
  return password;
}

export function connectionUrl(port: number, credentials: Credentials, as: 'owner' | 'superuser' = 'owner'): string {
  return as === 'owner'
    ? `postgres://${owner}:${credentials.password}@${host}:${port}/${database}`
    : `postgres://postgres:${credentials.superuserPassword}@${host}:${port}/postgres`;
}

/**
 * Connects, makes our role and database when they are missing, and answers with the name of the cluster.
 * Rejects with the error of the connection, whose code is PostgreSQL's (57P03: it is starting up).
 */
export async function ensureDatabase(port: number, credentials: Credentials): Promise<string> {
  const client = new pg.Client({
    connectionString: connectionUrl(port, credentials, 'superuser'),
    connectionTimeoutMillis: 3_000,
    query_timeout: 30_000,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ name: string; role: boolean; database: boolean }>(
      `SELECT current_setting('cluster_name') AS name,
              EXISTS (SELECT FROM pg_roles WHERE rolname = '${owner}') AS role,
              EXISTS (SELECT FROM pg_database WHERE datname = '${database}') AS database`,
    );
    const found = rows[0];
    if (!found?.role) await client.query(`CREATE ROLE ${owner} LOGIN PASSWORD '${credentials.password}'`);
    if (!found?.database) {
      await client.query(`CREATE DATABASE ${database} OWNER ${owner}`);
    }
    return found?.name ?? '';
  } finally {
    await client.end().catch(() => {});
  }
}

/** The port of the last start, so that the address stays; else any free one. */
export async function choosePort(directory: string, hint: number | undefined, anyFree: boolean): Promise<number> {
  const kept = Number((await readFile(join(directory, 'port'), 'utf8').catch(() => '')).trim());
  if (!anyFree) {
    for (const wanted of [kept, hint ?? 0]) {
      if (wanted > 0 && (await freePort(wanted)) === wanted) return wanted;
    }
  }
  return (await freePort(0)) ?? 0;
}

function freePort(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.unref();
    server.once('error', () => resolve(null));
    server.listen(port, host, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : null));
    });
  });
}
