import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { startEmbeddedPostgres } from '../../server/embedded/postgres.ts';
import { median } from '../measure.ts';
import { type Effort, type Line, lineOf } from './row.ts';

const connections = 16;

/**
 * What telling other servers of a change costs: commits a second of a PostgreSQL that keeps its word (fsync), of
 * transactions that write a row, with and without a NOTIFY. PostgreSQL lets only one at a time commit that has one.
 */
export async function measureNotify({ repeats, seconds }: Effort): Promise<Line[]> {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-bench-'));
  const postgres = await startEmbeddedPostgres({ directory: folder, logger: pino({ level: 'silent' }) });
  const pool = new pg.Pool({ connectionString: postgres.url, max: connections });
  // Those that idle when PostgreSQL ends.
  pool.on('error', () => {});
  const commitsASecond = async (sql: string): Promise<number> => {
    const clients = await Promise.all(Array.from({ length: connections }, () => pool.connect()));
    const begunAt = performance.now();
    let count = 0;
    const lane = async (client: pg.PoolClient) => {
      for (; performance.now() - begunAt < seconds * 1000; count += 1) await client.query(sql);
    };
    await Promise.all(clients.map(lane));
    for (const client of clients) client.release();
    return (count * 1000) / (performance.now() - begunAt);
  };
  try {
    await pool.query('CREATE TABLE written (at timestamptz DEFAULT now())');
    const listener = await pool.connect();
    await listener.query('LISTEN news');
    listener.release();
    const write = 'INSERT INTO written DEFAULT VALUES';
    const told = `WITH row AS (${write} RETURNING at) SELECT pg_notify('news', at::text) FROM row`;
    const commits: { told: number[]; untold: number[] } = { told: [], untold: [] };
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      commits.untold.push(await commitsASecond(write));
      commits.told.push(await commitsASecond(told));
    }
    return [lineOf('commits with a NOTIFY', median(commits.told), '/s', { reference: median(commits.untold) })];
  } finally {
    await pool.end();
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
