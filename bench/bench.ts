import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { adminPassword, logIn } from '../tests/support/log-in.ts';
import { type Child, startChild } from './child.ts';
import type { HttpJob, LoadResult } from './load/job.ts';
import { jpegOf, keepPicture, photograph } from './pictures.ts';
import { newDataFolder, removeFolder, type Service, startService } from './service.ts';

export interface Account {
  id: string;
  username: string;
  headers: { authorization: string };
}

export interface ImageOfApi {
  id: string;
  name: string;
  status: string;
  original: { url: string } | null;
  thumbnails: { tierHeight: number; url: string }[];
}

/** A running service with accounts and pictures, and the clients that ask it. */
export interface Bench {
  root: string;
  /** Of this run, on the disk that is measured; removed at its end. */
  folder: string;
  service: Service;
  clients: Child<HttpJob, LoadResult>;
  /** JPEGs: 12 megapixels of about 2.8 MB, and one of about 100 KB. */
  pictures: { large: string; small: string };
  sql<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  /** A new one, of the tier Enterprise unless another is said; its password is `adminPassword`. */
  account(tierId?: string): Promise<Account>;
  /** A copy of Enterprise with these heights. */
  tier(heights: number[]): Promise<string>;
  /** Uploads a file and waits until its thumbnails are made. */
  upload(account: Account, file: string): Promise<ImageOfApi>;
  call(account: Account, method: string, path: string): Promise<Response>;
  /** Until no thumbnail is being made. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

export interface OpenBenchOptions {
  root: string;
  directory: string;
  env?: Record<string, string>;
}

export async function openBench({ root, directory, env = {} }: OpenBenchOptions): Promise<Bench> {
  const folder = await newDataFolder(directory);
  const service = await startService({ root, directory, env, folder });
  const clients = await startChild<HttpJob>('./load/load-process.ts');
  const database = new pg.Client(service.databaseUrl('superuser'));
  database.on('error', () => {});
  await database.connect();
  // What the bench itself asks is no statement of the service.
  await database.query('SET log_statement = none');
  const sql = async <Row extends pg.QueryResultRow>(text: string, values: unknown[] = []) =>
    (await database.query<Row>(text, values)).rows;
  const [backend] = await sql<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  service.leaveOut(backend?.pid ?? 0);
  const admin = { authorization: `Bearer ${await logIn(service.url)}` };
  const enterprise = async () => (await sql<{ id: string }>(`SELECT id FROM tiers WHERE name = 'Enterprise'`))[0]?.id;

  return {
    root,
    folder,
    service,
    clients,
    pictures: {
      large: await keepPicture(folder, 'large.jpg', await photograph()),
      small: await keepPicture(folder, 'small.jpg', await jpegOf(100_000)),
    },
    sql,
    account: async (tierId) => {
      const username = `bench-${randomUUID().slice(0, 8)}`;
      const made = await fetch(`${service.url}/trpc/users.create`, {
        method: 'POST',
        headers: { ...admin, 'content-type': 'application/json' },
        body: JSON.stringify({ username, password: adminPassword, tierId: tierId ?? (await enterprise()) }),
      });
      if (!made.ok) throw new Error(`no account: ${await made.text()}`);
      const [row] = await sql<{ id: string }>('SELECT id FROM accounts WHERE username = $1', [username]);
      return {
        id: row?.id ?? '',
        username,
        headers: { authorization: `Bearer ${await logIn(service.url, username)}` },
      };
    },
    tier: async (heights) => {
      const [row] = await sql<{ id: string }>(
        `INSERT INTO tiers SELECT (jsonb_populate_record(tier, jsonb_build_object(
           'id', gen_random_uuid(), 'name', 'heights ' || gen_random_uuid(), 'thumbnail_heights', $1::int[],
           'is_default', false))).*
         FROM tiers tier WHERE name = 'Enterprise' RETURNING id`,
        [heights],
      );
      return row?.id ?? '';
    },
    upload: async ({ headers }, file) => {
      const answer = await fetch(`${service.url}/image/upload?filename=${randomUUID()}.jpg`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'image/jpeg', prefer: 'wait=30' },
        body: new Uint8Array(await readFile(file)),
      });
      if (answer.status !== 201) throw new Error(`no upload: ${answer.status} ${await answer.text()}`);
      return (await answer.json()) as ImageOfApi;
    },
    call: (account, method, path) => fetch(service.url + path, { method, headers: account.headers }),
    settled: async () => {
      for (const deadline = Date.now() + 180_000; Date.now() < deadline; await sleep(100)) {
        const [row] = await sql<{ busy: boolean }>(
          `SELECT EXISTS (SELECT FROM images WHERE status = 'processing' OR state = 'uploading') AS busy`,
        );
        if (row?.busy === false) return;
      }
      throw new Error('thumbnails are not made after three minutes');
    },
    stop: async () => {
      await clients.stop();
      await database.end();
      await service.stop();
      await removeFolder(folder);
    },
  };
}

export const heightsOfEnterprise = [200, 400];

/** Rows alone, without objects: images of an account, each with the two thumbnails of its tier. */
export async function fillAccount({ sql }: Pick<Bench, 'sql'>, owner: Account, images: number): Promise<void> {
  await sql(
    `WITH made AS (
       INSERT INTO images (id, owner_id, name, state, object_key, content_type, bytes, width, height, sha256, status, created_at)
       SELECT id, $1, 'IMG_' || n || '.jpg', 'stored', id || '/' || md5(n::text), 'image/jpeg', 1000 + n % 5000, 4000, 3000,
         repeat('a', 64), 'ready', now() - n * interval '1 minute'
       FROM (SELECT n, gen_random_uuid() AS id FROM generate_series(1, $2::int) n) seed RETURNING id, object_key)
     INSERT INTO thumbnails (image_id, tier_height, format, width, height, bytes, content_type, object_key)
     SELECT id, h, 'same', h * 4 / 3, h, 9000, 'image/jpeg', object_key || '/' || h || '-same.jpg'
     FROM made, unnest($3::int[]) h`,
    [owner.id, images, heightsOfEnterprise],
  );
  const [column] = await sql<{ name: string }>(
    `SELECT column_name AS name FROM information_schema.columns
     WHERE table_name = 'accounts' AND column_name = 'image_count'`,
  );
  await sql(
    `UPDATE accounts SET used_bytes = owned.bytes${column ? ', image_count = owned.images' : ''}
     FROM (SELECT sum(bytes) AS bytes, count(*) AS images FROM images WHERE owner_id = $1) owned WHERE id = $1`,
    [owner.id],
  );
  await sql('ANALYZE images, thumbnails, accounts');
}

/** The path and query of an address of the service. */
export function pathOf(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}
