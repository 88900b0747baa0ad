import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import type { Image } from '../../core/contracts/image.ts';
import { runningPostmaster, stopPostmaster } from '../../server/embedded/postgres/postmaster.ts';
import { adminPassword, logIn } from '../support/log-in.ts';
import {
  freePort,
  processesOf,
  type RunningDarkroom,
  runTool,
  startDarkroom,
  stopDarkroom,
} from '../support/run-darkroom.ts';

const settings = { WORKERS: '2', LOG_LEVEL: 'debug', ADMIN_PASSWORD: adminPassword };

interface Asked {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

/** On a connection of its own, which the workers get in turn. */
async function open(url: string, { method = 'GET', headers = {}, body }: Asked = {}): Promise<IncomingMessage> {
  const sent = request(url, { method, headers: { ...headers, connection: 'close' }, agent: false });
  sent.end(body);
  const [answer] = await once(sent, 'response');
  return answer;
}

async function ask(url: string, asked?: Asked) {
  const answer = await open(url, asked);
  const body = await text(answer);
  return { status: answer.statusCode, body, requestId: answer.headers['x-request-id'] };
}

interface LogLine {
  pid: number;
  msg: string;
  worker?: number;
  requestId?: string;
}

function logOf(server: RunningDarkroom): LogLine[] {
  const lines = server.output().stdout.split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line));
}

/** Those that began to serve and have not ended. */
function workersOf(server: RunningDarkroom): number[] {
  const pids = new Set<number>();
  for (const { msg, worker = 0 } of logOf(server)) {
    if (msg === 'a worker process serves') pids.add(worker);
    if (msg === 'a worker process ended') pids.delete(worker);
  }
  return [...pids];
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 60_000; !(await isSo()); await sleep(50)) {
    if (Date.now() > deadline) throw new Error('it did not come to that');
  }
}

async function startWith(workers: number, folder: string, more: Record<string, string> = {}): Promise<RunningDarkroom> {
  const server = await startDarkroom(folder, { ...settings, WORKERS: String(workers), ...more });
  if (workers > 1) await until(() => workersOf(server).length === workers);
  return server;
}

function picture(seed: number): Promise<Buffer> {
  const background = { r: seed, g: 255 - seed, b: 99 };
  return sharp({ create: { width: 300 + seed, height: 200, channels: 3, background } })
    .png()
    .toBuffer();
}

const image = { 'content-type': 'image/png' };

function uploadTo(url: string, token: string, name: string, body: Buffer) {
  return ask(`${url}/image/upload?filename=${name}`, {
    method: 'POST',
    headers: { ...image, authorization: `Bearer ${token}` },
    body,
  });
}

async function removeInstallation(folder: string): Promise<void> {
  const cluster = join(folder, 'data/postgres/cluster');
  const left = await runningPostmaster(cluster);
  if (left) await stopPostmaster(cluster, left.pid);
  await rm(folder, { recursive: true, force: true });
}

describe('a server with two workers', () => {
  let folder: string;
  let server: RunningDarkroom;
  let token: string;
  let authorization: { authorization: string };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'darkroom-workers-'));
    server = await startWith(2, folder, { RATE_LIMIT_LINKS: '5' });
    token = await logIn(server.url);
    authorization = { authorization: `Bearer ${token}` };
  }, 120_000);
  afterAll(async () => {
    server.child.kill('SIGKILL');
    await server.ended;
    await removeInstallation(folder);
  });

  const metric = async (name: string): Promise<number> => {
    const { body } = await ask(`${server.url}/metrics`);
    const line = body.split('\n').find((each) => each.startsWith(`${name} `));
    return Number(line?.slice(name.length + 1));
  };

  it('says once that it is ready, and answers from both', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask(`${server.url}/me`)));
    const ids = new Set(answers.map(({ requestId }) => requestId));
    const linesOf = () => logOf(server).filter(({ requestId }) => ids.has(requestId));
    await until(() => new Set(linesOf().map(({ requestId }) => requestId)).size === 8);
    const answeredBy = new Set(linesOf().map(({ pid }) => pid));
    expect([...answeredBy].sort()).toEqual(workersOf(server).sort());
    expect(answeredBy.has(server.pid)).toBe(false);
    expect(server.output().stderr.match(/\/admin\n/g)).toHaveLength(1);
    expect(logOf(server).filter(({ msg }) => msg === 'ready')).toHaveLength(1);
  });

  it('adds up what they count, whichever is asked', async () => {
    const counter = 'darkroom_http_requests_total{method="GET",route="/me",status="401"}';
    const before = await metric(counter);
    for (let at = 0; at < 7; at += 1) await ask(`${server.url}/me`);
    expect([await metric(counter), await metric(counter)]).toEqual([before + 7, before + 7]);
    const { body } = await ask(`${server.url}/metrics`);
    for (const name of ['darkroom_backlog{kind="jobs"}', 'darkroom_sweep_faults', 'nodejs_version_info']) {
      expect(body.split('\n').filter((line) => line.startsWith(name))).toHaveLength(1);
    }
  });

  it('tells listeners of both what happens at one, and makes the thumbnails', async () => {
    const streams = await Promise.all(
      Array.from({ length: 4 }, () => open(`${server.url}/image/events`, { headers: authorization })),
    );
    const heard = streams.map(async (stream) => {
      let said = '';
      for await (const chunk of stream) {
        said += chunk;
        if (said.includes('told.png') && said.includes('"status":"ready"')) return true;
      }
      return false;
    });
    expect((await uploadTo(server.url, token, 'told.png', await picture(1))).status).toBe(201);
    expect(await Promise.all(heard)).toEqual([true, true, true, true]);
    for (const stream of streams) stream.destroy();
    // The function works in the first process; its health is known in all.
    await until(async () => (await ask(`${server.url}/readyz`)).body.includes('"function":{"status":"ok"'));
  });

  it('counts wrong logins together', async () => {
    const statuses: (number | undefined)[] = [];
    for (let at = 0; at < 12; at += 1) {
      const body = JSON.stringify({ username: 'nobody', password: `guess number ${at}` });
      const headers = { 'content-type': 'application/json' };
      statuses.push((await ask(`${server.url}/token/`, { method: 'POST', headers, body })).status);
    }
    expect(statuses).toEqual([...Array(10).fill(401), 429, 429]);
  });

  it('holds a rate limit together', async () => {
    const { body } = await uploadTo(server.url, token, 'linked.png', await picture(2));
    const { id } = JSON.parse(body);
    const statuses: (number | undefined)[] = [];
    for (let at = 0; at < 8; at += 1) {
      const link = { image: id, expire_time: 600 };
      const headers = { ...authorization, 'content-type': 'application/json' };
      const { status } = await ask(`${server.url}/image/expiring`, {
        method: 'POST',
        headers,
        body: JSON.stringify(link),
      });
      statuses.push(status);
    }
    // The admin's tier allows no links; what is refused is counted too.
    expect(statuses.map((status) => status === 429)).toEqual([...Array(5).fill(false), true, true, true]);
  });

  it('knows a request with the same Idempotency-Key, wherever it comes', async () => {
    const bytes = await picture(3);
    const send = () =>
      ask(`${server.url}/image/upload?filename=once.png`, {
        method: 'POST',
        headers: { ...authorization, ...image, 'idempotency-key': 'of-one-of-two-workers' },
        body: bytes,
      });
    const answers = [await send(), await send(), await send()];
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(new Set(answers.map(({ body }) => JSON.parse(body).id)).size).toBe(1);
  });

  it('has every acknowledged upload when a worker is killed with -9, and replaces it', async () => {
    const [victim = 0, other = 0] = workersOf(server);
    const counter = 'darkroom_upload_bytes_total';
    const acknowledged = new Map<string, string>();
    const pictures = await Promise.all(Array.from({ length: 60 }, (_, at) => picture(10 + at)));
    const queue = pictures.entries();
    let countedBefore = 0;
    const sender = async () => {
      for (const [at, bytes] of queue) {
        const sent = await uploadTo(server.url, token, `${at}.png`, bytes).catch(() => null);
        if (sent?.status === 201) {
          acknowledged.set(JSON.parse(sent.body).id, createHash('sha256').update(bytes).digest('hex'));
        }
        if (acknowledged.size === 20 && countedBefore === 0) {
          countedBefore = await metric(counter);
          process.kill(victim, 'SIGKILL');
        }
      }
    };
    await Promise.all(Array.from({ length: 6 }, sender));
    expect(acknowledged.size).toBeGreaterThanOrEqual(60 - 6);
    expect(await metric(counter)).toBeGreaterThanOrEqual(countedBefore);

    await until(() => workersOf(server).length === 2 && !workersOf(server).includes(victim));
    expect(workersOf(server)).toContain(other);
    const { body } = await ask(`${server.url}/image/all`, { headers: authorization });
    const kept = new Map((JSON.parse(body) as Image[]).map(({ id, sha256 }) => [id, sha256]));
    for (const [id, sha256] of acknowledged) expect(kept.get(id)).toBe(sha256);
  }, 120_000);

  it('leaves signals to the first process', async () => {
    const workers = workersOf(server);
    for (const pid of workers) {
      for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.kill(pid, signal);
    }
    const answers = await Promise.all(Array.from({ length: 4 }, () => ask(`${server.url}/readyz`)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(workersOf(server)).toEqual(workers);
  });

  it('leaves only its PostgreSQL when the first process is killed with -9, and starts again', async () => {
    server.child.kill('SIGKILL');
    await server.ended;
    const others = async () => {
      const pids = await processesOf(folder, []);
      const commands = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
      return commands.filter(
        (command) => command !== '' && !command.startsWith('postgres') && !/bin\/postgres\0/.test(command),
      );
    };
    await until(async () => (await others()).length === 0);
    server = await startWith(2, folder, { PORT: String(server.port) });
    expect((await ask(`${server.url}/me`, { headers: authorization })).status).toBe(200);
    expect((await stopDarkroom(server)).code).toBe(0);
    expect(await processesOf(folder, [server.pid])).toEqual([]);
  }, 120_000);
});

describe('the end and the start of a server', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'darkroom-workers-'));
  });
  afterAll(() => removeInstallation(folder));

  it.each([1, 2])(
    'with %i workers is not ready from the signal on, drains, and finishes what runs',
    async (workers) => {
      const server = await startWith(workers, folder, { DRAIN_SECONDS: '4' });
      const token = await logIn(server.url);
      const bytes = await picture(1);
      const slow = request(`${server.url}/image/upload?filename=slow.png`, {
        method: 'POST',
        headers: { ...image, authorization: `Bearer ${token}`, 'content-length': bytes.length },
      });
      const answered = once(slow, 'response');
      slow.write(bytes.subarray(0, 60));
      await until(async () =>
        (await ask(`${server.url}/metrics`)).body.includes('darkroom_backlog{kind="uploads_running"} 1'),
      );

      server.child.kill('SIGTERM');
      const readiness = () => ask(`${server.url}/readyz`);
      await until(async () => (await readiness()).status === 503);
      for (let at = 0; at < 4; at += 1) expect(await readiness()).toMatchObject({ status: 503 });
      expect((await uploadTo(server.url, token, 'late.png', await picture(2))).status).toBe(201);
      await until(() =>
        readiness().then(
          () => false,
          () => true,
        ),
      );
      slow.end(bytes.subarray(60));
      const [answer] = await answered;
      expect(answer.statusCode).toBe(201);
      answer.resume();
      expect((await server.ended).code).toBe(0);
      expect(await processesOf(folder, [server.pid])).toEqual([]);
    },
    120_000,
  );

  it('does not wait when the signal comes twice', async () => {
    const server = await startWith(2, folder, { DRAIN_SECONDS: '600' });
    server.child.kill('SIGTERM');
    await until(async () => (await ask(`${server.url}/readyz`)).status === 503);
    await sleep(600);
    server.child.kill('SIGTERM');
    expect((await server.ended).code).toBe(0);
    expect(await processesOf(folder, [server.pid])).toEqual([]);
  }, 120_000);

  it('says which port is taken, and ends', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const program = runTool('start', folder, [], { ...settings, PORT: String(port) });
    const { code, stderr } = await program.ended;
    other.close();
    expect(code).toBe(1);
    expect(stderr).toContain(`Port ${port} on 127.0.0.1 is taken`);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(await processesOf(folder, [program.pid])).toEqual([]);
  });

  it('says that the database refuses it, and ends', async () => {
    const env = { ...settings, PORT: String(await freePort()) };
    const url = new URL(process.env.TEST_DATABASE_URL ?? '');
    url.password = 'guess';
    const program = runTool('start', folder, [], { ...env, DATABASE_URL: url.href });
    const { code, stderr } = await program.ended;
    expect(code).toBe(1);
    expect(stderr).toContain('DATABASE_URL refuses: password authentication failed');
    expect(await processesOf(folder, [program.pid])).toEqual([]);
  });

  it('leaves nothing behind when it is stopped in the middle of its start', async () => {
    for (const milliseconds of [300, 600, 900, 1_300, 1_800]) {
      const program = runTool('start', folder, [], { ...settings, PORT: String(await freePort()) });
      await sleep(milliseconds);
      program.child.kill('SIGTERM');
      await program.ended;
      expect(await processesOf(folder, [program.pid])).toEqual([]);
    }
  }, 120_000);
});
