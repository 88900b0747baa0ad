import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { runningPostmaster, stopPostmaster } from '../../../server/embedded/postgres/postmaster.ts';
import { PanelClient } from '../../support/panel/panel-client.ts';
import { freePort, type RunningDarkroom, runManage, startDarkroom, stopDarkroom } from '../../support/run-darkroom.ts';

const password = 'a quiet place for pictures';

describe('manage rotate-keys', () => {
  let folder: string;
  let env: Record<string, string>;
  let server: RunningDarkroom;

  const bearer = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } });
  const post = (path: string, body: object) =>
    fetch(`${server.url}${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
  const kept = async () => {
    const files = [
      ...(await readdir(join(folder, 'data/secrets'))).map((name) => `secrets/${name}`),
      'postgres/password',
      'postgres/superuser-password',
    ];
    const texts = files.map(async (file) => [file, await readFile(join(folder, 'data', file), 'utf8')]);
    return Object.fromEntries(await Promise.all(texts)) as Record<string, string>;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'darkroom-keys-'));
    const port = String(await freePort());
    env = { PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}`, ADMIN_PASSWORD: password };
    server = await startDarkroom(folder, env);
  }, 120_000);

  afterAll(async () => {
    server.child.kill('SIGKILL');
    await server.ended;
    const cluster = join(folder, 'data/postgres/cluster');
    const left = await runningPostmaster(cluster);
    if (left) await stopPostmaster(cluster, left.pid);
    await rm(folder, { recursive: true, force: true });
  });

  it('refuses beside a server, and changes nothing', async () => {
    const before = await kept();
    const { code, stderr } = await runManage(folder, ['rotate-keys'], env);
    expect(code).toBe(1);
    expect(stderr).toContain('Stop that one first');
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(await kept()).toEqual(before);
  }, 60_000);

  it('ends what was signed before, keeps what was stored, and the service starts again', async () => {
    await runManage(folder, ['createuser', 'ada', '--tier', 'Enterprise', '--password-stdin'], env, `${password}\n`);
    const { access, refresh } = await (await post('/token/', { username: 'ada', password })).json();
    const body = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#246' } })
      .jpeg()
      .toBuffer();
    const uploaded = await fetch(`${server.url}/image/upload?filename=cat.jpg`, {
      method: 'POST',
      headers: { ...bearer(access).headers, 'Content-Type': 'image/jpeg', Prefer: 'wait=20' },
      body: new Uint8Array(body),
    });
    expect(uploaded.status).toBe(201);
    const [image] = await (await fetch(`${server.url}/image/all`, bearer(access))).json();
    const link = await (
      await fetch(`${server.url}/image/expiring/?image=cat.jpg&expire_time=3000`, {
        method: 'POST',
        ...bearer(access),
      })
    ).json();
    const pictures: string[] = JSON.stringify(image).match(/http:[^"]+X-Amz-Signature[^"]+/g) ?? [];
    expect(pictures.length).toBeGreaterThanOrEqual(3);
    const addresses = [...pictures, link.url];
    const statuses = () =>
      Promise.all(addresses.map(async (address) => (await fetch(address, { redirect: 'manual' })).status));
    for (const status of await statuses()) expect(status).toBeLessThan(400);
    const panel = new PanelClient(server.url, env.PUBLIC_URL ?? '');
    await panel.login('admin', password);
    expect((await panel.get('/admin/api/resources/users/actions/list')).status).toBe(200);
    const before = await kept();

    await stopDarkroom(server);
    const { code, stdout, stderr } = await runManage(folder, ['rotate-keys'], env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^All keys of the data folder are new\./);
    const after = await kept();
    expect(Object.keys(after)).toEqual(Object.keys(before));
    for (const [file, text] of Object.entries(after)) expect([file, text]).not.toEqual([file, before[file]]);

    server = await startDarkroom(folder, env);
    expect((await fetch(`${server.url}/me`, bearer(access))).status).toBe(401);
    expect((await post('/token/refresh/', { refresh })).status).toBe(401);
    for (const status of await statuses()) expect(status).toBeGreaterThanOrEqual(400);
    expect((await panel.get('/admin/api/resources/users/actions/list')).status).not.toBe(200);

    const again = await (await post('/token/', { username: 'ada', password })).json();
    const [same] = await (await fetch(`${server.url}/image/all`, bearer(again.access))).json();
    expect(same.id).toBe(image.id);
    const [original = ''] = JSON.stringify(same).match(/http:[^"]+X-Amz-Signature[^"]+/) ?? [];
    expect((await fetch(original)).status).toBe(200);
  }, 180_000);

  it('mends what it left when it was cut off in the middle', async () => {
    await stopDarkroom(server);
    // The new passwords are on disk, and PostgreSQL has not heard of them; half of the secrets are new.
    await writeFile(join(folder, 'data/postgres/password'), `${'p'.repeat(43)}\n`);
    await writeFile(join(folder, 'data/postgres/superuser-password'), `${'s'.repeat(43)}\n`);
    await writeFile(join(folder, 'data/secrets/jwt-key'), `${'0'.repeat(96)}\n`);
    expect(await runManage(folder, ['rotate-keys'], env)).toMatchObject({ code: 0, stderr: '' });
    server = await startDarkroom(folder, env);
    expect((await post('/token/', { username: 'ada', password })).status).toBe(200);
  }, 180_000);
});
