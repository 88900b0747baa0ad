import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Image } from '../../../core/contracts/image.ts';
import type { Bucket, ObjectStore } from '../../../core/storage/object-store.ts';
import { createS3ObjectStore } from '../../../core/storage/s3-object-store.ts';
import { eventually } from '../../support/images-world.ts';
import { type OpenTestDatabase, openTestDatabase } from '../../support/open-test-database.ts';
import { freePort, type RunningDarkroom, startDarkroom, stopDarkroom } from '../../support/run-darkroom.ts';
import { picture } from '../../support/start-app.ts';
import { startVersityGw, type VersityGw } from './start-versitygw.ts';

const password = 'a quiet place for pictures';
const token = randomBytes(24).toString('hex');

describe('an app and an S3 server that tells it of new objects, as docker-compose starts them', () => {
  let folder: string;
  let settings: Record<string, string>;
  let database: OpenTestDatabase;
  let gateway: VersityGw;
  let store: ObjectStore;
  let server: RunningDarkroom;
  let image: Image;
  let ports: { app: number; s3: number };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'darkroom-events-'));
    database = await openTestDatabase();
    ports = { app: await freePort(), s3: await freePort() };
    settings = {
      S3_ENDPOINT: `http://127.0.0.1:${ports.s3}`,
      S3_ORIGINALS_BUCKET: 'my-originals',
      S3_THUMBNAILS_BUCKET: 'my-thumbnails',
      S3_EVENTS_TOKEN: token,
      AWS_ACCESS_KEY_ID: 'own-gateway',
      AWS_SECRET_ACCESS_KEY: randomBytes(20).toString('hex'),
    };
    const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = settings;
    store = createS3ObjectStore({
      client: { region: 'us-east-1', endpoint: settings.S3_ENDPOINT!, credentials: { accessKeyId, secretAccessKey } },
      buckets: { originals: 'my-originals', thumbnails: 'my-thumbnails' },
      forcePathStyle: true,
    });
  });
  afterAll(async () => {
    await store.close();
    if (server) await stopDarkroom(server);
    await gateway?.stop();
    await database.close();
    await rm(folder, { recursive: true, force: true });
  });

  const startGateway = () => startVersityGw({ port: ports.s3, compose: { appPort: ports.app, environment: settings } });
  /** As if the function had never been: nothing is due, so the sweep does not look. */
  async function forgetThumbnails() {
    await database.models.Thumbnail.destroy({ where: { imageId: image.id } });
    await database.models.Image.update({ status: 'processing', workDueAt: null }, { where: { id: image.id } });
  }
  const isReady = () =>
    eventually(async () => {
      const row = await database.models.Image.findByPk(image.id, { include: 'thumbnails' });
      expect(row).toMatchObject({ status: 'ready', thumbnails: [{ tierHeight: 200 }] });
    });
  async function putAgain(bucket: Bucket, key: string) {
    const object = await store.get(bucket, key);
    const { contentType, metadata } = object!;
    await store.put(bucket, key, await buffer(object!.body), { contentType, metadata });
  }
  async function keysOf(bucket: Bucket): Promise<string[]> {
    const keys: string[] = [];
    for await (const { key } of store.list(bucket, image.id)) keys.push(key);
    return keys;
  }

  it('come up in any order: the S3 server when the app answers, the app when its store does', async () => {
    await expect(startGateway()).rejects.toThrow('did not start');
    const starting = startDarkroom(folder, {
      ...settings,
      PORT: String(ports.app),
      DATABASE_URL: database.url,
      ADMIN_PASSWORD: password,
      LOG_LEVEL: 'debug',
    });
    starting.catch(() => {});
    await eventually(async () => {
      expect((await fetch(`http://127.0.0.1:${ports.app}/healthz`)).status).toBe(200);
    });
    expect((await fetch(`http://127.0.0.1:${ports.app}/readyz`)).status).toBe(503);
    gateway = await startGateway();
    // Ready, it says, as soon as its store is there.
    server = await starting;
  }, 120_000);

  it('bring an upload to its thumbnails, with links into the S3 server', async () => {
    const answer = await fetch(`${server.url}/token/`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ username: 'admin', password }),
    });
    const { access } = (await answer.json()) as { access: string };
    const uploaded = await fetch(`${server.url}/image/upload?filename=cat.png`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${access}`, 'Content-Type': 'image/png', Prefer: 'wait=30' },
      body: new Uint8Array(await picture(7, 500, 400)),
    });
    image = (await uploaded.json()) as Image;
    expect(image).toMatchObject({ status: 'ready', thumbnails: [{ tierHeight: 200, width: 250 }] });
    const [thumbnail] = image.thumbnails;
    expect(thumbnail?.url).toMatch(new RegExp(`^${settings.S3_ENDPOINT}/my-thumbnails/`));
    expect((await (await fetch(thumbnail?.url ?? '')).arrayBuffer()).byteLength).toBe(thumbnail?.bytes);
  });

  it('take a result in when its event comes, though nothing looks for it', async () => {
    await forgetThumbnails();
    const result = (await keysOf('thumbnails')).find((key) => key.endsWith('.json'));
    await putAgain('thumbnails', result!);
    await isReady();
  });

  it('have thumbnails made when the event of an original comes, though nobody asked for them', async () => {
    await forgetThumbnails();
    await store.delete('thumbnails', await keysOf('thumbnails'));
    const [original] = await keysOf('originals');
    await putAgain('originals', original!);
    await isReady();
    expect(await keysOf('thumbnails')).toHaveLength(2);
  });

  it('never put the token, or what opens the buckets, into the log', async () => {
    await sleep(100);
    const { stdout, stderr } = server.output();
    expect(stdout).toContain('/s3-events');
    for (const secret of [token, settings.AWS_SECRET_ACCESS_KEY!]) expect(stdout + stderr).not.toContain(secret);
  });
});
