import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Image } from '../../../core/contracts/image.ts';
import { runningPostmaster, stopPostmaster } from '../../../server/embedded/postgres/postmaster.ts';
import { type RunningDarkroom, runManage, startDarkroom, stopDarkroom } from '../../support/run-darkroom.ts';
import { picture } from '../../support/start-app.ts';
import { startVersityGw, type VersityGw } from './start-versitygw.ts';

const account = { ADMIN_USERNAME: 'ann', ADMIN_PASSWORD: 'a quiet place for pictures' };

describe('a service that moves from its folder to S3', () => {
  let gateway: VersityGw;
  let folder: string;
  let server: RunningDarkroom;
  let bearer: string;

  beforeAll(async () => {
    gateway = await startVersityGw();
    folder = await mkdtemp(join(tmpdir(), 'darkroom-move-'));
  });
  afterAll(async () => {
    server.child.kill('SIGKILL');
    await server.ended;
    const cluster = join(folder, 'data/postgres/cluster');
    const left = await runningPostmaster(cluster);
    if (left) await stopPostmaster(cluster, left.pid);
    await rm(folder, { recursive: true, force: true });
    await gateway.stop();
  });

  async function start(settings: Record<string, string> = {}) {
    server = await startDarkroom(folder, { ...account, ...settings });
    const answer = await fetch(`${server.url}/token/`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ username: 'ann', password: account.ADMIN_PASSWORD }),
    });
    bearer = `Bearer ${((await answer.json()) as { access: string }).access}`;
  }
  async function upload(name: string, seed: number) {
    const answer = await fetch(`${server.url}/image/upload?filename=${name}`, {
      method: 'POST',
      headers: { Authorization: bearer, 'Content-Type': 'image/png', Prefer: 'wait=30' },
      body: new Uint8Array(await picture(seed, 500, 400)),
    });
    expect(answer.status).toBe(201);
  }
  async function list(): Promise<Image[]> {
    for (let tries = 0; tries < 100; tries += 1, await sleep(200)) {
      const answer = await fetch(`${server.url}/image/all?order=name`, { headers: { Authorization: bearer } });
      const images = (await answer.json()) as Image[];
      if (images.every((image) => image.status === 'ready')) return images;
    }
    throw new Error('the thumbnails never came');
  }
  const manage = (args: string[], settings: Record<string, string> = {}) =>
    runManage(folder, args, { ...account, ...settings });
  const facts = (images: Image[]) => images.map(({ id, name, sha256 }) => ({ id, name, sha256 }));

  it('has every picture in the buckets, what came meanwhile too, and can go back', async () => {
    const buckets = gateway.makeBuckets();
    await start();
    await upload('one.png', 1);
    await upload('two.png', 2);
    await list();

    expect((await manage(['migrate-store'])).stderr).toContain('Set S3_ORIGINALS_BUCKET');
    const moved = await manage(['migrate-store'], buckets);
    expect(moved).toMatchObject({ code: 0, stdout: expect.stringContaining('Copied 2 originals and 2 thumbnails') });
    expect(moved.stdout).toContain(`S3_ORIGINALS_BUCKET=${buckets.S3_ORIGINALS_BUCKET}`);
    expect(moved.stdout + moved.stderr).not.toContain(gateway.secretAccessKey);

    await upload('three.png', 3);
    const before = await list();
    await stopDarkroom(server);
    expect((await manage(['migrate-store', '--verify'], buckets)).stdout).toContain(
      'Copied 1 original and 1 thumbnail',
    );

    await start(buckets);
    const images = await list();
    expect(facts(images)).toEqual(facts(before));
    for (const image of images) {
      const [thumbnail] = image.thumbnails;
      expect(thumbnail?.url).toContain(gateway.endpoint);
      const answer = await fetch(thumbnail?.url ?? '');
      expect(answer.headers.get('content-type')).toBe('image/png');
      expect((await answer.arrayBuffer()).byteLength).toBe(thumbnail?.bytes);
    }
    await upload('four.png', 4);

    await stopDarkroom(server);
    await rm(join(folder, 'data/objects'), { recursive: true });
    expect((await manage(['migrate-store', '--to', 'disk'], buckets)).stdout).toContain('Copied 4 originals');
    expect(await manage(['check', '--hashes', 'all'])).toMatchObject({ code: 0 });
  }, 240_000);
});
