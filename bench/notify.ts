/**
 * What telling other servers of a change costs: `npx tsx bench/notify.ts [CONNECTIONS] [SECONDS]`. Commits a second of a
 * PostgreSQL that keeps its word (fsync), of transactions that write a row, without and with a NOTIFY: PostgreSQL lets
 * only one transaction at a time commit that has one.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { startEmbeddedPostgres } from '../server/embedded/postgres.ts';

const [connections = 16, seconds = 5] = process.argv.slice(2).map(Number);
const folder = await mkdtemp(join(tmpdir(), 'darkroom-bench-'));
const postgres = await startEmbeddedPostgres({ directory: folder, logger: pino({ level: 'silent' }) });
const pool = new pg.Pool({ connectionString: postgres.url, max: connections });
// Those that idle when PostgreSQL ends.
pool.on('error', () => {});

async function commitsASecond(sql: string): Promise<number> {
  const clients = await Promise.all(Array.from({ length: connections }, () => pool.connect()));
  const begunAt = performance.now();
  let count = 0;
  const lane = async (client: pg.PoolClient) => {
    for (; performance.now() - begunAt < seconds * 1000; count += 1) await client.query(sql);
  };
  await Promise.all(clients.map(lane));
  for (const client of clients) client.release();
  return Math.round((count * 1000) / (performance.now() - begunAt));
}

try {
  await pool.query('CREATE TABLE written (at timestamptz DEFAULT now())');
  const listener = await pool.connect();
  await listener.query('LISTEN news');
  listener.release();
  const write = 'INSERT INTO written DEFAULT VALUES';
  const rows = [];
  for (const round of [1, 2]) {
    rows.push({ round, what: 'a row', 'commits a second': await commitsASecond(write) });
    const told = `WITH row AS (${write} RETURNING at) SELECT pg_notify('news', at::text) FROM row`;
    rows.push({ round, what: 'a row and a NOTIFY', 'commits a second': await commitsASecond(told) });
  }
  console.table(rows);
} finally {
  await pool.end();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}
