import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { runningPostmaster, stopPostmaster } from '../../server/embedded/postgres/postmaster.ts';
import {
  freePort,
  processesOf,
  type RunningDarkroom,
  runManage,
  runTool,
  startDarkroom,
  stopDarkroom,
} from '../support/run-darkroom.ts';

const password = 'a quiet place for pictures';

async function logIn(url: string, username: string, typed: string): Promise<Response> {
  return fetch(`${url}/token/`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username, password: typed }),
  });
}

describe('a first start on a fresh machine', () => {
  let folder: string;
  let server: RunningDarkroom;
  let madeUp: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'darkroom-start-'));
    server = await startDarkroom(folder);
  }, 120_000);

  afterAll(async () => {
    server.child.kill('SIGKILL');
    const cluster = join(folder, 'data/postgres/cluster');
    const left = await runningPostmaster(cluster);
    if (left) await stopPostmaster(cluster, left.pid);
    await rm(folder, { recursive: true, force: true });
  });

  it('prints the address and the admin once, and logs no password', async () => {
    const { stdout, stderr } = server.output();
    expect(stderr).toContain(`http://localhost:${server.port}\n`);
    const shown = [...stderr.matchAll(/Password\s+(\S+)/g)];
    expect(shown).toHaveLength(1);
    madeUp = shown[0]?.[1] ?? '';
    expect(stderr).toMatch(/Admin\s+admin\n/);
    expect(stdout).not.toContain(madeUp);
    for (const line of stdout.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('level');
    expect((await logIn(server.url, 'admin', madeUp)).status).toBe(200);
  });

  it('keeps everything where nobody else looks', async () => {
    expect((await stat(join(folder, 'data'))).mode & 0o777).toBe(0o700);
    expect((await readdir(join(folder, 'data'))).sort()).toEqual(['lock', 'objects', 'postgres', 'secrets']);
  });

  it('refuses a second server on the same folder, and says who holds it', async () => {
    const { code, stderr } = await runTool('start', folder, [], { PORT: String(await freePort()) }).ended;
    expect(code).toBe(1);
    expect(stderr).toContain(`http://localhost:${server.port} (process ${server.pid}, since `);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('lets a command work at the same time', async () => {
    const env = { PORT: String(server.port) };
    const made = await runManage(
      folder,
      ['createuser', 'ada', '--tier', 'Enterprise', '--password-stdin'],
      env,
      `${password}\n`,
    );
    expect(made).toMatchObject({ code: 0, stdout: 'Made the account ada, tier Enterprise.\n' });
    const answer = await logIn(server.url, 'ADA', password);
    expect(answer.status).toBe(200);

    const again = await runManage(folder, ['createuser', 'Ada', '--password-stdin'], env, `${password}\n`);
    expect(again).toMatchObject({ code: 1, stdout: '' });
    expect(again.stderr).toContain('already');

    const changed = await runManage(folder, ['changepassword', 'ada'], {
      ...env,
      DARKROOM_PASSWORD: `${password} anew`,
    });
    expect(changed.code).toBe(0);
    expect((await logIn(server.url, 'ada', password)).status).toBe(401);
    const { access } = await answer.json();
    const me = await fetch(`${server.url}/me`, { headers: { Authorization: `Bearer ${access}` } });
    expect(me.status).toBe(401);
  }, 120_000);

  it('works again right after it was killed, with what it had', async () => {
    server.child.kill('SIGKILL');
    await server.ended;
    server = await startDarkroom(folder, { PORT: String(server.port) });
    expect(server.output().stderr).not.toMatch(/Password/);
    expect((await logIn(server.url, 'admin', madeUp)).status).toBe(200);
  }, 120_000);

  it('finishes an upload that runs when it is told to stop, and leaves no process behind', async () => {
    const { access } = await (await logIn(server.url, 'admin', madeUp)).json();
    const picture = await sharp({ create: { width: 300, height: 200, channels: 3, background: '#406080' } })
      .png()
      .toBuffer();
    const upload = request(`${server.url}/image/upload?filename=last.png`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${access}`, 'Content-Type': 'image/png', 'Content-Length': picture.length },
    });
    const answered = once(upload, 'response');
    upload.write(picture.subarray(0, 60));
    await sleep(1_000);
    server.child.kill('SIGTERM');
    const accepts = () =>
      fetch(`${server.url}/healthz`).then(
        () => true,
        () => false,
      );
    for (const deadline = Date.now() + 10_000; (await accepts()) && Date.now() < deadline; ) await sleep(50);
    expect(await accepts()).toBe(false);
    upload.end(picture.subarray(60));
    const [response] = await answered;
    expect(response.statusCode).toBe(201);
    response.resume();
    expect((await server.ended).code).toBe(0);
    expect(await processesOf(folder, [server.pid])).toEqual([]);

    server = await startDarkroom(folder, { PORT: String(server.port) });
    const { access: anew } = await (await logIn(server.url, 'admin', madeUp)).json();
    const list = await fetch(`${server.url}/image/all`, { headers: { Authorization: `Bearer ${anew}` } });
    expect(await list.json()).toMatchObject([{ name: 'last.png', bytes: picture.length }]);
    expect((await stopDarkroom(server)).code).toBe(0);
  }, 120_000);

  it('brings the database up for a command, and takes it down again', async () => {
    const done = await runManage(folder, ['migrate']);
    expect(done).toMatchObject({ code: 0, stdout: 'The database is at this version already.\n' });
    expect(await processesOf(folder, [])).toEqual([]);
  });

  it('leaves nothing behind when it is stopped in the middle of its start', async () => {
    for (const milliseconds of [400, 700, 1_000, 1_400]) {
      const program = runTool('start', folder, [], { PORT: String(server.port) });
      await sleep(milliseconds);
      program.child.kill('SIGTERM');
      await program.ended;
      expect(await processesOf(folder, [program.pid])).toEqual([]);
    }
    server = await startDarkroom(folder, { PORT: String(server.port) });
    expect((await stopDarkroom(server)).code).toBe(0);
  }, 120_000);
});

describe('a start that cannot be', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'darkroom-start-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('lists every fault of the settings at once, before it touches anything', async () => {
    const env = {
      PORT: 'eighty',
      ADMIN_PASSWORD: 'hunter2',
      S3_ENDPOINT: 'http://localhost:1',
      JWT_SECRET: 'short-secret',
    };
    const { code, stdout, stderr } = await runTool('start', folder, [], env).ended;
    expect([code, stdout]).toEqual([1, '']);
    for (const name of ['PORT', 'ADMIN_PASSWORD', 'S3_ORIGINALS_BUCKET', 'JWT_SECRET']) expect(stderr).toContain(name);
    expect(stderr).not.toMatch(/hunter2|short-secret|\n\s+at /);
    expect(await readdir(folder)).toEqual([]);
  });

  it('says which port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const { code, stderr } = await runTool('start', folder, [], { PORT: String(port) }).ended;
    other.close();
    expect(code).toBe(1);
    expect(stderr).toContain(`Port ${port} on 127.0.0.1 is taken`);
    expect(await processesOf(folder, [])).toEqual([]);
  });

  it('says that a database lets it not in', async () => {
    const url = new URL(process.env.TEST_DATABASE_URL ?? '');
    url.password = 'guess';
    const { code, stderr } = await runTool('start', folder, [], {
      DATABASE_URL: url.href,
      PORT: String(await freePort()),
    }).ended;
    expect(code).toBe(1);
    expect(stderr).toContain('DATABASE_URL refuses: password authentication failed');
    expect(stderr).not.toContain('guess');
  });
});
