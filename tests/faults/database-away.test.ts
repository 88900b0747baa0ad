import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Image } from '../../core/contracts/image.ts';
import { runningPostmaster, stopPostmaster } from '../../server/embedded/postgres/postmaster.ts';
import { adminPassword, logIn } from '../support/log-in.ts';
import { type RunningDarkroom, startDarkroom, stopDarkroom } from '../support/run-darkroom.ts';
import { picture } from '../support/start-app.ts';

/** No request waits longer for a database that hangs: a statement ends after 35 s, and the machine may be busy. */
const boundMilliseconds = 45_000;

describe('the database of a running service', () => {
  let folder: string;
  let server: RunningDarkroom;
  let authorization: string;
  const acknowledged = new Map<string, string>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'darkroom-away-'));
    server = await startDarkroom(folder, { ADMIN_PASSWORD: adminPassword, LOG_LEVEL: 'warn' });
    authorization = `Bearer ${await logIn(server.url)}`;
  }, 120_000);
  afterAll(async () => {
    await stopDarkroom(server);
    const left = await runningPostmaster(cluster());
    if (left) await stopPostmaster(cluster(), left.pid);
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  const cluster = () => join(folder, 'data/postgres/cluster');
  const postmasterPid = async () => (await runningPostmaster(cluster()))?.pid ?? 0;
  const timed = async (path: string, init: RequestInit = {}) => {
    const startedAt = performance.now();
    const answer = await fetch(server.url + path, { ...init, headers: { authorization, ...init.headers } });
    const text = await answer.text();
    return { status: answer.status, text, milliseconds: performance.now() - startedAt };
  };

  /** Remembers what was acknowledged. */
  async function upload(seed: number): Promise<number> {
    const bytes = await picture(seed, 80, 60);
    const { status, text } = await timed(`/image/upload?filename=${seed}.png`, {
      method: 'POST',
      headers: { 'content-type': 'image/png' },
      body: new Uint8Array(bytes),
    });
    if (status === 201) {
      acknowledged.set((JSON.parse(text) as Image).id, createHash('sha256').update(bytes).digest('hex'));
    }
    return status;
  }

  async function untilItServes(): Promise<void> {
    for (const deadline = Date.now() + 30_000; ; await sleep(200)) {
      if ((await timed('/readyz')).status === 200 && (await timed('/image/all')).status === 200) return;
      if (Date.now() > deadline) throw new Error('it does not serve again');
    }
  }

  async function expectNothingLost(): Promise<void> {
    const listed = JSON.parse((await timed('/image/all')).text) as Image[];
    const hashes = new Map(listed.map(({ id, sha256 }) => [id, sha256]));
    for (const [id, sha256] of acknowledged) expect([id, hashes.get(id)]).toEqual([id, sha256]);
  }

  it('is killed in the middle of uploads: 503 meanwhile, then it goes on, and nothing acknowledged is lost', async () => {
    const statuses = new Set<number>();
    let isOver = false;
    let seed = 0;
    const sender = async () => {
      while (!isOver) {
        seed += 1;
        statuses.add(await upload(seed));
      }
    };
    const senders = [sender(), sender(), sender()];
    for (let times = 0; times < 2; times++) {
      await sleep(1_500);
      process.kill(await postmasterPid(), 'SIGKILL');
      await sleep(300);
      expect((await timed('/healthz')).status).toBe(200);
      await untilItServes();
    }
    isOver = true;
    await Promise.all(senders);
    const { stdout } = server.output();
    expect(stdout.split('\n').filter((line) => line.includes('"code":"internal"'))).toEqual([]);
    expect([...statuses].sort()).toEqual([201, 503]);
    expect(acknowledged.size).toBeGreaterThan(3);
    expect(server.child.exitCode).toBeNull();
    await expectNothingLost();
  }, 180_000);

  it('hangs: every request ends with 503 in bounded time, the process lives, and all is well when it goes on', async () => {
    expect(await upload(10_001)).toBe(201);
    const hung = await withChildren(await postmasterPid());
    for (const pid of hung) process.kill(pid, 'SIGSTOP');
    try {
      const requests = [timed('/image/all'), timed('/me'), upload(10_002)];
      // An answer of /readyz counts for a second.
      await sleep(1_100);
      const alive = await timed('/healthz');
      expect(alive.status).toBe(200);
      expect(alive.milliseconds).toBeLessThan(2_000);
      const ready = await timed('/readyz');
      expect([ready.status, JSON.parse(ready.text)]).toEqual([
        503,
        expect.objectContaining({ database: 'does not work', store: 'ok' }),
      ]);
      for (const answer of await Promise.all(requests)) {
        if (typeof answer === 'number') {
          expect(answer).toBe(503);
          continue;
        }
        expect(answer.status).toBe(503);
        expect(JSON.parse(answer.text).code).toBe('unavailable');
        expect(answer.milliseconds).toBeLessThan(boundMilliseconds);
      }
    } finally {
      for (const pid of hung) process.kill(pid, 'SIGCONT');
    }
    await untilItServes();
    expect(await upload(10_003)).toBe(201);
    await expectNothingLost();
  }, 180_000);
});

/** Signals to a postmaster do not reach what it has started. */
async function withChildren(parent: number): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const children: number[] = [];
  for (const pid of pids) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    if (Number(/^PPid:\s*(\d+)/m.exec(status)?.[1]) === parent) children.push(pid);
  }
  return [parent, ...children];
}
