import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { QueryTypes, type Sequelize } from 'sequelize';
import type { Image } from '../../../core/contracts/image.ts';
import { createSequelize } from '../../../server/db/sequelize.ts';
import { buildMissing } from '../../../tools/build.mjs';
import { createTestDatabase, type TestDatabase } from '../../support/create-test-database.ts';
import { adminPassword, logIn } from '../../support/log-in.ts';
import { PanelClient } from '../../support/panel/panel-client.ts';
import { type RoundRobinProxy, startRoundRobinProxy } from '../../support/round-robin-proxy.ts';
import { type RunningDarkroom, startDarkroom, stopDarkroom } from '../../support/run-darkroom.ts';
import { s3Setting } from '../../support/s3-settings.ts';
import { picture } from '../../support/start-app.ts';

const region = s3Setting('REGION');
const credentials = { accessKeyId: s3Setting('ACCESS_KEY_ID'), secretAccessKey: s3Setting('SECRET_ACCESS_KEY') };
const s3 = new S3Client({ endpoint: s3Setting('ENDPOINT'), region, credentials, forcePathStyle: true });
const buckets = ['originals', 'thumbnails'].map((name) => `${name}-${randomBytes(4).toString('hex')}`);
const metricsToken = secret();

let database: TestDatabase;
let sequelize: Sequelize;
let folder: string;
let proxy: RoundRobinProxy;
let one: RunningDarkroom;
let two: RunningDarkroom;
let token: string;

beforeAll(async () => {
  await buildMissing();
  database = await createTestDatabase({ migrated: false });
  sequelize = createSequelize({ url: database.url, poolSize: 2 });
  folder = await mkdtemp(join(tmpdir(), 'darkroom-two-'));
  for (const Bucket of buckets) await s3.send(new CreateBucketCommand({ Bucket }));
  proxy = await startRoundRobinProxy();
  const settings = {
    ...{ DATABASE_URL: database.url, PUBLIC_URL: proxy.url, ADMIN_PASSWORD: adminPassword, TRUST_PROXY: 'loopback' },
    ...{ S3_ENDPOINT: s3Setting('ENDPOINT'), S3_REGION: region },
    ...{ S3_ORIGINALS_BUCKET: buckets[0] ?? '', S3_THUMBNAILS_BUCKET: buckets[1] ?? '' },
    ...{ AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey },
    ...{ JWT_SECRET: secret(), LINK_SECRET: secret(), SESSION_SECRET: secret() },
    ...{ FUNCTION_CONCURRENCY: '1', LOG_LEVEL: 'info', METRICS_TOKEN: metricsToken },
  };
  // An empty database and empty buckets, and both come at once.
  [one, two] = (await Promise.all(
    ['one', 'two'].map((name) => startDarkroom(folder, { ...settings, DATA_DIR: join(folder, name) })),
  )) as [RunningDarkroom, RunningDarkroom];
  proxy.serve([one, two]);
  token = await logIn(proxy.url);
}, 180_000);

afterAll(async () => {
  await Promise.all([one, two].map((server) => server && stopDarkroom(server)));
  await proxy?.close();
  await sequelize?.close();
  await database?.drop();
  await Promise.all(buckets.map(deleteBucket));
  s3.destroy();
  if (folder) await rm(folder, { recursive: true, force: true });
});

function secret(): string {
  return randomBytes(32).toString('hex');
}

async function deleteBucket(Bucket: string): Promise<void> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
  for (const { Key } of Contents) await s3.send(new DeleteObjectCommand({ Bucket, Key }));
  await s3.send(new DeleteBucketCommand({ Bucket }));
}

function read<Row extends object>(sql: string): Promise<Row[]> {
  return sequelize.query<Row>(sql, { type: QueryTypes.SELECT });
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 60_000; !(await isSo()); await sleep(50)) {
    if (Date.now() > deadline) throw new Error(`it did not come to this: ${what}`);
  }
}

/** As the admin, through the balancer unless the address is one of the servers'. */
function send(path: string, options: { method?: string; json?: object; body?: Buffer; key?: string } = {}) {
  const { method = 'GET', json, body, key } = options;
  return fetch(path.startsWith('http') ? path : proxy.url + path, {
    method,
    body: json ? JSON.stringify(json) : body ? new Uint8Array(body) : null,
    headers: {
      authorization: `Bearer ${token}`,
      ...(json ? { 'content-type': 'application/json' } : body ? { 'content-type': 'image/png' } : {}),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
  });
}

const upload = (body: Buffer, { to = proxy.url, name = 'x.png', key = undefined as string | undefined } = {}) =>
  send(`${to}/image/upload?filename=${name}`, { method: 'POST', body, ...(key === undefined ? {} : { key }) });

async function images(): Promise<Image[]> {
  return (await send('/image/all')).json() as Promise<Image[]>;
}

/** Results of the thumbnail function that a server has taken in. */
async function functionRuns({ url }: RunningDarkroom): Promise<number> {
  const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${metricsToken}` } });
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return [...text.matchAll(/^darkroom_function_duration_seconds_count\{.*\} (\d+)$/gm)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  );
}

async function changeTier(name: string, change: object): Promise<void> {
  const tiers = await (await send('/trpc/tiers.list')).json();
  const { id } = tiers.result.data.find((tier: { name: string }) => tier.name === name);
  const answer = await send('/trpc/tiers.update', { method: 'POST', json: { id, changes: change } });
  if (!answer.ok) throw new Error(await answer.text());
}

describe('two servers of one database and one S3, behind a balancer', () => {
  it('make the first start once, though they begin at the same time', async () => {
    const names = await read<{ name: string }>('SELECT name FROM migrations ORDER BY name');
    expect(names.length).toBeGreaterThan(0);
    expect(new Set(names.map(({ name }) => name)).size).toBe(names.length);
    expect(await read('SELECT name FROM tiers ORDER BY name')).toEqual(
      ['Basic', 'Enterprise', 'Premium'].map((name) => ({ name })),
    );
    expect(await read('SELECT username FROM accounts')).toEqual([{ username: 'admin' }]);
    expect((await read('SELECT id FROM audit_entries WHERE actor_id IS NULL')).length).toBe(4);
  });

  it('share a session of the panel, and its end', async () => {
    const panel = new PanelClient(proxy.url, proxy.url);
    expect((await panel.login('admin', adminPassword)).status).toBe(303);
    const list = '/admin/api/resources/users/actions/list';
    const answers = [await panel.get(list), await panel.get(list), await panel.get(list), await panel.get(list)];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const servedBy = new Set(answers.map(({ headers }) => headers.get('x-served-by')));
    expect(servedBy).toEqual(new Set([String(one.port), String(two.port)]));
    await panel.post('/admin/logout');
    expect([(await panel.get(list)).status, (await panel.get(list)).status]).toEqual([401, 401]);
  });

  it('count failed logins together, in the panel and over REST', async () => {
    const statuses: number[] = [];
    for (let at = 0; at < 6; at += 1) {
      const panel = await new PanelClient(proxy.url, proxy.url).login('guessed', `wrong ${at}`);
      const rest = await send('/token/', { method: 'POST', json: { username: 'guessed', password: `wrong ${at}` } });
      statuses.push(panel.status, rest.status);
    }
    expect(statuses).toEqual([...Array(10).fill(401), 429, 429]);
  });

  it('give one image for one Idempotency-Key, wherever the repeats arrive', async () => {
    const bytes = await picture(1);
    const first = await Promise.all(Array.from({ length: 6 }, () => upload(bytes, { name: 'once.png', key: 'k1' })));
    expect(first.filter(({ status }) => status !== 201 && status !== 409)).toEqual([]);
    const again = [one, two].map(async ({ url }) => {
      const answer = await upload(bytes, { to: url, name: 'once.png', key: 'k1' });
      return ((await answer.json()) as Image).id;
    });
    expect(new Set(await Promise.all(again)).size).toBe(1);
    const other = await upload(await picture(2), { to: two.url, name: 'once.png', key: 'k1' });
    expect(other.status).toBe(422);
    expect((await images()).map(({ name }) => name)).toEqual(['once.png']);
  });

  it('tell a listener of the one what happens at the other, and go on there after its last event', async () => {
    const told = hear(two, null, '"ready"');
    const { id } = (await (await upload(await picture(3), { to: one.url, name: 'told.png' })).json()) as Image;
    const events = await told;
    expect(events).toContain(`"id":"${id}"`);
    const last = [...events.matchAll(/^id: (.*)$/gm)].at(-1)?.[1] ?? '';
    await send(`${two.url}/image/${id}`, { method: 'DELETE' });
    expect(await hear(one, last, '"deleted":true')).toContain(`"id":"${id}"`);
  });

  it('do each piece of work once: thumbnails, and those that a tier gained', async () => {
    await until('all ready', async () => (await images()).every(({ status }) => status === 'ready'));
    const before = (await functionRuns(one)) + (await functionRuns(two));
    const answers = await Promise.all(Array.from({ length: 10 }, async (_, at) => upload(await picture(at + 10))));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(201));
    await until('all ready', async () => (await images()).every(({ status }) => status === 'ready'));
    const made = (await functionRuns(one)) + (await functionRuns(two));
    expect(made - before).toBe(10);

    await changeTier('Basic', { thumbnailHeights: [100, 200] });
    const heights = async () => (await images()).map(({ thumbnails }) => thumbnails.length);
    await until('a second height', async () => (await heights()).every((count) => count === 2));
    expect((await functionRuns(one)) + (await functionRuns(two)) - made).toBe((await heights()).length);
    expect(await read('SELECT kind FROM jobs')).toHaveLength(1);
  });

  it('go on when one is killed with -9: nothing acknowledged is lost, and what it held is taken over', async () => {
    const held = await beginUpload(one, 'held.png');
    const acknowledged = new Set<string>();
    const refused: number[] = [];
    const pictures = await Promise.all(Array.from({ length: 60 }, (_, at) => picture(at + 100, 300, 200)));
    const queue = pictures.values();
    const sender = async () => {
      for (const bytes of queue) {
        // An answer that breaks off is none.
        const { status, id } = await upload(bytes, { name: 'kept.png' })
          .then(async (answer) => ({ status: answer.status, id: ((await answer.json()) as Image).id }))
          .catch(() => ({ status: 502, id: '' }));
        if (status === 201) acknowledged.add(id);
        else refused.push(status);
        if (acknowledged.size === 15) one.child.kill('SIGKILL');
      }
    };
    await Promise.all(Array.from({ length: 6 }, sender));
    await one.ended;
    held.destroy();
    // Only what was on its way at the one that died.
    expect(refused.length).toBeLessThanOrEqual(6);
    expect(new Set(refused)).toEqual(new Set(refused.length > 0 ? [502] : []));
    expect(acknowledged.size + refused.length).toBe(60);

    const repeated = await upload(await picture(99), { name: 'held.png', key: 'held' });
    expect(repeated.status).toBe(409);
    // What the dead one held is let go by time alone: here it passes at once.
    await sequelize.query(`UPDATE images SET upload_lease_until = now() - interval '1 second'
      WHERE upload_lease_until IS NOT NULL`);
    await sequelize.query('UPDATE images SET work_due_at = now() WHERE work_due_at IS NOT NULL');
    expect((await upload(await picture(99), { name: 'held.png', key: 'held' })).status).toBe(201);
    // Each of these has the other server look at once; it looks every minute by itself.
    await changeTier('Basic', { thumbnailHeights: [50, 100, 200] });
    await deleteSomebody();

    await until('every image has all its thumbnails', async () =>
      (await images()).every(({ status, thumbnails }) => status === 'ready' && thumbnails.length === 3),
    );
    await until(
      'no dead upload is left',
      async () => (await read(`SELECT id FROM images WHERE state = 'uploading'`)).length === 0,
    );
    const listed = await images();
    const ids = new Set(listed.map(({ id }) => id));
    expect([...acknowledged].filter((id) => !ids.has(id))).toEqual([]);
    for (const { thumbnails } of listed.slice(0, 10)) {
      expect((await fetch(thumbnails[0]?.url ?? '')).status).toBe(200);
    }
    const [row] = await read<{ used: string }>(`SELECT used_bytes AS used FROM accounts WHERE username = 'admin'`);
    expect(Number(row?.used)).toBe(listed.reduce((sum, { bytes }) => sum + bytes, 0));
  }, 180_000);
});

/** The events of a server from now on, or after that one, up to one that contains this. */
async function hear({ url }: RunningDarkroom, lastEventId: string | null, what: string): Promise<string> {
  const headers = {
    authorization: `Bearer ${token}`,
    ...(lastEventId === null ? {} : { 'last-event-id': lastEventId }),
  };
  const stream = await fetch(`${url}/image/events`, { headers, signal: AbortSignal.timeout(30_000) });
  let heard = '';
  for await (const chunk of stream.body ?? []) {
    heard += Buffer.from(chunk).toString();
    // Leaving the loop ends the request.
    if (heard.includes(what)) break;
  }
  return heard;
}

/** An upload of which half has arrived at this server. */
async function beginUpload({ url }: RunningDarkroom, name: string) {
  const bytes = await picture(99);
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'image/png', 'idempotency-key': 'held' };
  const sent = request(`${url}/image/upload?filename=${name}`, {
    method: 'POST',
    headers: { ...headers, 'content-length': bytes.length },
  });
  sent.on('error', () => {});
  sent.write(bytes.subarray(0, 60));
  await until(
    'the upload has begun',
    async () => (await read(`SELECT id FROM images WHERE state = 'uploading' AND name = '${name}'`)).length === 1,
  );
  return sent;
}

async function deleteSomebody(): Promise<void> {
  const json = { username: 'leaving', password: 'somebody leaves again' };
  const made = await (await send('/trpc/users.create', { method: 'POST', json })).json();
  const gone = await send('/trpc/users.delete', { method: 'POST', json: { id: made.result.data.id } });
  if (!gone.ok) throw new Error(await gone.text());
}
