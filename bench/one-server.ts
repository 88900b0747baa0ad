/**
 * What one server does, as a process of its own, with a PostgreSQL that keeps its word (fsync) and the embedded store:
 * `npx tsx bench/one-server.ts [SECONDS]`. Processor time is what bounds it, and other work on the machine does not
 * change it; answers a second are only as good as the machine is idle. Linux alone.
 */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import sharp from 'sharp';
import { startEmbeddedPostgres } from '../server/embedded/postgres.ts';
import { adminPassword, logIn } from '../tests/support/log-in.ts';
import { startDarkroom, stopDarkroom } from '../tests/support/run-darkroom.ts';
import { buildMissing } from '../tools/build.mjs';

const seconds = Number(process.argv[2] ?? 5);
const ticksPerSecond = 100;

await buildMissing();
const folder = await mkdtemp(join(tmpdir(), 'darkroom-bench-'));
const postgres = await startEmbeddedPostgres({
  directory: join(folder, 'postgres'),
  logger: pino({ level: 'silent' }),
});
const database = new pg.Client(postgres.superuserUrl.replace(/\/postgres(?=$|\?)/, '/darkroom'));
const service = await startDarkroom(folder, {
  ...{ DATABASE_URL: postgres.url, DATA_DIR: folder, ADMIN_PASSWORD: adminPassword, LOG_LEVEL: 'warn' },
}).catch(async (error: unknown) => {
  await postgres.stop();
  throw error;
});
await database.connect();
const databaseBytes = async () =>
  Number((await database.query(`SELECT pg_database_size('darkroom') AS size`)).rows[0].size);
const bytesAtStart = await databaseBytes();
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** Milliseconds of processor time of a process, without its children (proc(5), stat). */
function processorMilliseconds(pid: number | string): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
}

/** The server's processes; those that ended meanwhile are left out. */
function postgresMilliseconds(): number {
  let sum = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const parent = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')[1];
      if (parent === String(postgres.pid)) sum += processorMilliseconds(pid);
    } catch {}
  }
  return sum;
}

async function figures() {
  // Backends report what they did at most once a second.
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  const { rows } = await database.query(
    `SELECT xact_commit::int AS commits, (tup_inserted + tup_updated + tup_deleted)::int AS rows,
       pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 AS wal FROM pg_stat_database WHERE datname = 'darkroom'`,
  );
  return { ...rows[0], server: processorMilliseconds(service.pid), database: postgresMilliseconds() };
}

interface Call {
  method?: string;
  path: string;
  body?: Buffer;
  headers?: Record<string, string>;
}

function send({ method = 'GET', path, body, headers = {} }: Call): Promise<void> {
  return new Promise((resolve, reject) => {
    const all = { ...headers, ...(body ? { 'content-length': body.length } : {}) };
    const sent = request(service.url + path, { method, headers: all, agent }, (answer) => {
      answer.resume().once('end', resolve);
      if ((answer.statusCode ?? 500) >= 400) reject(new Error(`${method} ${path}: ${answer.statusCode}`));
    });
    sent.once('error', reject).end(body);
  });
}

/** Its Authorization header. */
async function newAccount(username: string, headers: Record<string, string>): Promise<Record<string, string>> {
  const made = await fetch(`${service.url}/trpc/users.create`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ username, password: adminPassword }),
  });
  if (!made.ok) throw new Error(await made.text());
  return { authorization: `Bearer ${await logIn(service.url, username)}` };
}

async function callFor(secondsAtLeast: number, atOnce: number, call: () => Call) {
  const begunAt = performance.now();
  let count = 0;
  const lane = async () => {
    for (; performance.now() - begunAt < secondsAtLeast * 1000; count += 1) await send(call());
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return { count, taken: (performance.now() - begunAt) / 1000 };
}

async function measure(what: string, atOnce: number, call: () => Call) {
  await callFor(seconds / 2, atOnce, call);
  const before = await figures();
  const { count, taken } = await callFor(seconds, atOnce, call);
  const after = await figures();
  const each = (name: 'server' | 'database' | 'commits' | 'rows' | 'wal') => (after[name] - before[name]) / count;
  return {
    what,
    'at once': atOnce,
    'a second': (count / taken).toFixed(0),
    'server, ms of a core': each('server').toFixed(2),
    'PostgreSQL, ms of a core': each('database').toFixed(2),
    commits: each('commits').toFixed(1),
    'rows written': each('rows').toFixed(1),
    'WAL, KB': (each('wal') / 1024).toFixed(1),
  };
}

try {
  const headers = { authorization: `Bearer ${await logIn(service.url)}` };
  const background = { r: 90, g: 120, b: 60 };
  const picture = await sharp({ create: { width: 64, height: 48, channels: 3, background } })
    .png()
    .toBuffer();
  const others: Record<string, string>[] = [];
  for (let at = 0; at < 16; at += 1) others.push(await newAccount(`sender-${at}`, headers));
  let turn = 0;
  const upload = { method: 'POST', path: '/image/upload', headers, body: picture };
  const ofMany = () => ({ ...upload, headers: others[turn++ % others.length] ?? headers });
  const rows = [];
  for (const atOnce of [1, 16]) rows.push(await measure('upload of a small picture', atOnce, () => upload));
  rows.push(await measure('the same, into 16 accounts', 16, ofMany));

  const noise = { width: 1300, height: 1300, channels: 3 } as const;
  const large = await sharp(randomBytes(1300 * 1300 * 3), { raw: noise })
    .png({ compressionLevel: 0 })
    .toBuffer();
  rows.push(await measure('upload of 5 MB', 8, () => ({ ...ofMany(), body: large })));

  const list = (await (await fetch(`${service.url}/image/all?limit=1`, { headers })).json()) as { id: string }[];
  const id = list[0]?.id ?? '';
  const { rows: tiers } = await database.query(`UPDATE tiers SET expiring_link = true RETURNING id`);
  if (tiers.length === 0) throw new Error('there is no tier');
  const made = await fetch(`${service.url}/image/expiring/?image=${id}&expire_time=3000`, { method: 'POST', headers });
  const { url } = (await made.json()) as { url: string };
  const link = new URL(url).pathname;
  for (const [what, path] of [
    ['GET /me', '/me'],
    ['GET /image/{id}', `/image/${id}`],
    ['GET /image/all?limit=100', '/image/all?limit=100'],
    ['an expiring link, opened', link],
  ] as const) {
    rows.push(await measure(what, 8, () => ({ path, headers: path === link ? {} : headers })));
  }
  console.table(rows);
  const { rows: connections } = await database.query(
    `SELECT count(*)::int AS count FROM pg_stat_activity WHERE usename = 'darkroom'`,
  );
  console.log(`connections of the server: ${connections[0].count}`);
  const { rows: images } = await database.query('SELECT count(*)::int AS count FROM images');
  const bytesEach = Math.round(((await databaseBytes()) - bytesAtStart) / images[0].count);
  console.log(`database: ${bytesEach} bytes an image, of ${images[0].count} images`);
} finally {
  agent.destroy();
  await database.end();
  await stopDarkroom(service);
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}
