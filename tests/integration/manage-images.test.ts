import { createHash } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { runningPostmaster, stopPostmaster } from '../../server/embedded/postgres/postmaster.ts';
import { type RunningDarkroom, runManage, startDarkroom, stopDarkroom } from '../support/run-darkroom.ts';

interface Listed {
  id: string;
  name: string;
  sha256: string;
  status: string;
  thumbnails: { tierHeight: number; url: string }[];
}

const environment = { ADMIN_USERNAME: 'ann', ADMIN_PASSWORD: 'a quiet place for pictures' };

describe('manage check and manage reprocess, on a service as people start it', () => {
  let folder: string;
  let server: RunningDarkroom;
  let bearer: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'darkroom-manage-'));
    await start();
  }, 120_000);
  afterAll(async () => {
    server.child.kill('SIGKILL');
    await server.ended;
    const cluster = join(folder, 'data/postgres/cluster');
    const left = await runningPostmaster(cluster);
    if (left) await stopPostmaster(cluster, left.pid);
    await rm(folder, { recursive: true, force: true });
  });

  async function start() {
    server = await startDarkroom(folder, environment);
    const answer = await fetch(`${server.url}/token/`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ username: 'ann', password: environment.ADMIN_PASSWORD }),
    });
    bearer = `Bearer ${((await answer.json()) as { access: string }).access}`;
  }
  async function upload(name: string) {
    const background = `#${createHash('md5').update(name).digest('hex').slice(0, 6)}`;
    const picture = await sharp({ create: { width: 500, height: 400, channels: 3, background } })
      .jpeg()
      .toBuffer();
    const answer = await fetch(`${server.url}/image/upload?filename=${name}`, {
      method: 'POST',
      headers: { Authorization: bearer, 'Content-Type': 'image/jpeg' },
      body: new Uint8Array(picture),
    });
    expect(answer.status).toBe(201);
  }
  const list = async (): Promise<Listed[]> =>
    (await fetch(`${server.url}/image/all?order=name`, { headers: { Authorization: bearer } })).json() as never;
  async function listWhenReady() {
    for (let wait = 0; wait < 150; wait += 1) {
      const images = await list();
      if (images.every((image) => image.status === 'ready')) return images;
      await sleep(200);
    }
    throw new Error('the thumbnails never came');
  }
  const manage = (...args: string[]) => runManage(folder, args, environment);

  it('brings every photograph back when yesterday’s database stands in front of today’s folder', async () => {
    await upload('one.jpg');
    const [one] = await listWhenReady();
    await stopDarkroom(server);
    await cp(join(folder, 'data/postgres'), join(folder, 'backup'), { recursive: true });
    await start();
    for (const name of ['two.jpg', 'three.jpg', 'four.jpg']) await upload(name);
    const before = await listWhenReady();
    expect(await manage('check', '--hashes', 'all')).toMatchObject({ code: 0, stdout: 'Database and store agree.\n' });
    await stopDarkroom(server);

    await rm(join(folder, 'data/postgres'), { recursive: true });
    await cp(join(folder, 'backup'), join(folder, 'data/postgres'), { recursive: true });
    await start();
    expect((await list()).map((image) => image.id)).toEqual([one?.id]);

    const looked = await manage('check');
    expect(looked.code).toBe(1);
    expect(looked.stdout.match(/^left {7}original/gm)).toHaveLength(3);
    expect(looked.stderr).toContain('--fix brings back what can be brought back.');

    const fixed = await manage('check', '--fix');
    expect(fixed).toMatchObject({ code: 0 });
    expect(fixed.stdout).toContain('Found 3: 3 adopted.');
    const facts = (images: Listed[]) => images.map(({ id, name, sha256 }) => ({ id, name, sha256 }));
    expect(facts(await list())).toEqual(facts(before));
    const after = await listWhenReady();
    for (const image of after) {
      expect(image.thumbnails).toHaveLength(1);
      expect((await fetch(image.thumbnails[0]!.url.replace(/^http:\/\/[^/]+/, server.url))).status).not.toBe(404);
    }
    expect((await manage('check', '--hashes', 'all')).code).toBe(0);
  }, 180_000);

  it('makes thumbnails anew through the server that runs, and shows how far it is', async () => {
    const forced = await manage('reprocess', '--force', '--owner', 'Ann');
    expect(forced).toMatchObject({ code: 0, stdout: 'Done: 4 images.\n' });
    expect(forced.stderr).toContain('Making thumbnails: 100 %');
  }, 120_000);

  it('makes them by itself when no server runs', async () => {
    await stopDarkroom(server);
    expect(await manage('reprocess', '--force')).toMatchObject({ code: 0, stdout: 'Done: 4 images.\n' });
    expect(await manage('check')).toMatchObject({ code: 0 });
    await start();
    expect(await listWhenReady()).toHaveLength(4);
  }, 120_000);
});
