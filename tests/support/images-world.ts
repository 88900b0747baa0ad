import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { pino } from 'pino';
import sharp from 'sharp';
import type { Image } from '../../core/contracts/image.ts';
import { AppError } from '../../core/errors.ts';
import { createDiskObjectStore } from '../../core/storage/disk-object-store.ts';
import type { Bucket, ObjectStore } from '../../core/storage/object-store.ts';
import { loadActorOf } from '../../server/accounts/load-actor.ts';
import { recordAuditOf } from '../../server/audit/record-audit.ts';
import { createHttpServer } from '../../server/http/create-server.ts';
import { mountRoutes } from '../../server/http/mount-routes.ts';
import { problemHandler } from '../../server/http/problem.ts';
import { requestContext } from '../../server/http/request-context.ts';
import { restPaths } from '../../server/http/rest-paths.ts';
import type { SenderLimits } from '../../server/http/watch-body.ts';
import { deleteImageOf } from '../../server/images/delete-image.ts';
import { getImageOf } from '../../server/images/get-image.ts';
import { createImagePresenter } from '../../server/images/image.presenter.ts';
import { imagesRoutes } from '../../server/images/images.routes.ts';
import { listImagesOf, listTagOf, streamImagesOf } from '../../server/images/list-images.ts';
import { receiveUploadOf } from '../../server/images/receive-upload.ts';
import { renameImageOf } from '../../server/images/rename-image.ts';
import { createSignedUrls } from '../../server/images/signed-urls.ts';
import { uploadImageOf } from '../../server/images/upload-image.ts';
import { watchSettlingOf } from '../../server/images/watch-settling.ts';
import { buildAccount } from './builders/build-account.ts';
import { buildTier } from './builders/build-tier.ts';
import { openTestDatabase } from './open-test-database.ts';

export interface ImagesWorldOptions {
  leaseSeconds?: number;
  sender?: SenderLimits;
  maxPixels?: number;
  tier?: Parameters<typeof buildTier>[1];
}

export const publicUrl = 'http://darkroom.test';

/** Uploads, lists and single images over HTTP, on a database and a disk store of their own; no thumbnail function. */
export async function openImagesWorld({
  leaseSeconds,
  sender,
  maxPixels = 1_000_000,
  tier: tierGiven,
}: ImagesWorldOptions = {}) {
  const database = await openTestDatabase();
  const { sequelize, models } = database;
  const directory = await mkdtemp(join(tmpdir(), 'darkroom-images-'));
  const disk = createDiskObjectStore({
    directory,
    presign: { publicUrl, accessKeyId: 'key', secretAccessKey: 'secret' },
  });
  /** What a test puts in here is done in place of the store's own. */
  const faults: Partial<ObjectStore> = {};
  const store: ObjectStore = new Proxy(disk, {
    get: (target, name) => Reflect.get(faults, name) ?? Reflect.get(target, name),
  });
  const logged: { level: number; msg: string; status?: number }[] = [];
  const logger = pino({ level: 'trace' }, { write: (line) => void logged.push(JSON.parse(line)) });
  const signedUrls = createSignedUrls(store);
  const presentImage = createImagePresenter({ signedUrls });
  const recordAudit = recordAuditOf(models);
  const deps = { sequelize, models, store, presentImage, recordAudit, logger };
  const uploadImage = uploadImageOf({ ...deps, maxPixels, leaseSeconds });
  const getImage = getImageOf(deps);
  const watchSettling = watchSettlingOf({ sequelize });
  const routes = imagesRoutes({
    receiveUpload: receiveUploadOf({ uploadImage, watchSettling, getImage, sender }),
    getImage,
    listImages: listImagesOf(deps),
    streamImages: streamImagesOf(deps),
    listTag: listTagOf({ signedUrls }),
    renameImage: renameImageOf(deps),
    deleteImage: deleteImageOf(deps),
    publicUrl,
  });
  const loadActor = loadActorOf({ sequelize });
  const app = express();
  app.use(requestContext(logger), restPaths());
  app.use(
    mountRoutes(routes, {
      authenticate: async (req) => {
        const actor = await loadActor(req.headers.authorization?.replace('Bearer ', '') ?? '');
        if (actor) return actor;
        throw new AppError('token_not_valid', 'Log in.');
      },
    }),
  );
  app.use(problemHandler(logger));
  const server = createHttpServer(app, { requestTimeoutSeconds: 300 });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const tier = await buildTier(models, { thumbnailHeights: [200, 400], originalLink: true, ...tierGiven });

  const rawSockets: Socket[] = [];
  const world = {
    ...database,
    directory,
    store,
    disk,
    faults,
    logged,
    tier,
    port,
    url: `http://127.0.0.1:${port}`,
    uploadImage,
    presentImage,
    loadActor,
    buildOwner: (given: Parameters<typeof buildAccount>[1] = {}) => buildAccount(models, { tierId: tier.id, ...given }),

    request(path: string, { as, ...init }: RequestInit & { as?: { id: string } } = {}) {
      const headers = { ...(as && { authorization: `Bearer ${as.id}` }), ...Object(init.headers) };
      return fetch(world.url + path, { ...init, headers, ...(init.body && { duplex: 'half' }) } as RequestInit);
    },

    /** Posts bytes; `name` is sent as Content-Disposition. */
    upload(as: { id: string }, body: RequestInit['body'], { name, query = '', headers = {} }: UploadOptions = {}) {
      const disposition: Record<string, string> =
        name === undefined ? {} : { 'content-disposition': `attachment; filename="${name}"` };
      return world.request(`/image/upload${query}`, {
        method: 'POST',
        as,
        body,
        headers: { 'content-type': 'application/octet-stream', ...disposition, ...headers },
      });
    },

    async uploaded(as: { id: string }, body: Buffer, options: UploadOptions = {}): Promise<Image> {
      const response = await world.upload(as, new Uint8Array(body), options);
      if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
      return (await response.json()) as Image;
    },

    /** A raw connection that has sent the head of an upload. */
    async rawUpload(as: { id: string }, headers: string[]): Promise<RawConnection> {
      const connection = await rawUpload(port, [`Authorization: Bearer ${as.id}`, ...headers]);
      rawSockets.push(connection.socket);
      return connection;
    },

    /** Everything that an upload could leave behind. */
    async leftovers() {
      const count = async (bucket: Bucket) => {
        let objects = 0;
        for await (const _ of disk.list(bucket, '')) objects += 1;
        return objects;
      };
      const files = (await readdir(directory, { recursive: true, withFileTypes: true })).filter((entry) =>
        entry.isFile(),
      );
      const [accounts] = await sequelize.query('SELECT COALESCE(sum(used_bytes), 0)::bigint AS used FROM accounts');
      return {
        rows: await models.Image.count(),
        originals: await count('originals'),
        thumbnails: await count('thumbnails'),
        files: files.length,
        usedBytes: Number((accounts[0] as { used: string }).used),
        keys: await models.IdempotencyKey.count(),
      };
    },

    async close() {
      // Half-open: what the server has closed stays open on this side, and would keep the process from ending.
      for (const socket of rawSockets) socket.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
      await database.close();
      await disk.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
  return world;
}

export type ImagesWorld = Awaited<ReturnType<typeof openImagesWorld>>;

interface UploadOptions {
  name?: string;
  query?: string;
  headers?: Record<string, string>;
}

export const nothingLeft = { rows: 0, originals: 0, thumbnails: 0, files: 0, usedBytes: 0, keys: 0 };

/** Another picture for each seed; about `bytes` long when given, by what stands behind its end. */
export async function makePicture(
  seed = 0,
  { bytes, width = 60, height = 40 }: { bytes?: number; width?: number; height?: number } = {},
): Promise<Buffer> {
  const background = { r: seed % 256, g: Math.floor(seed / 256) % 256, b: 90 };
  const png = await sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer();
  return bytes === undefined || bytes <= png.length
    ? png
    : Buffer.concat([png, Buffer.alloc(bytes - png.length, seed)]);
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export interface RawConnection {
  socket: Socket;
  /** All that the server sent so far. */
  received(): string;
  /** Resolves with all that it sent when the connection is closed, or the text is there. */
  until(text?: string): Promise<string>;
}

async function rawUpload(port: number, headers: string[]): Promise<RawConnection> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  let received = '';
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1');
  });
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.write(`POST /image/upload HTTP/1.1\r\nHost: x\r\n${headers.join('\r\n')}\r\n\r\n`);
  return {
    socket,
    received: () => received,
    until: (text) =>
      new Promise((resolve) => {
        const look = () => {
          if (socket.closed || socket.readableEnded || (text !== undefined && received.includes(text))) {
            clearInterval(timer);
            resolve(received);
          }
        };
        const timer = setInterval(look, 5);
      }),
  };
}

/** Tries until it holds, for at most a minute, for a machine may be busy. */
export async function eventually(check: () => Promise<void> | void): Promise<void> {
  const endsAt = performance.now() + 60_000;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (performance.now() > endsAt) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
