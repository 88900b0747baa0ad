import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { pino } from 'pino';
import sharp from 'sharp';
import { v7 as uuidV7 } from 'uuid';
import { createAdminPanel } from '../../../admin/panel.ts';
import type { PanelUseCases } from '../../../admin/panel-deps.ts';
import { createDiskObjectStore } from '../../../core/storage/disk-object-store.ts';
import { originalKey, thumbnailKey } from '../../../core/storage/object-key.ts';
import type { StoreRefusal } from '../../../core/storage/refusals.ts';
import { authenticatePasswordOf } from '../../../server/accounts/authenticate-password.ts';
import { createObjectsRoutes } from '../../../server/embedded/objects.routes.ts';
import { requestContext } from '../../../server/http/request-context.ts';
import { securityHeaders } from '../../../server/http/security-headers.ts';
import { deleteImageOf } from '../../../server/images/delete-image.ts';
import { getImageOf } from '../../../server/images/get-image.ts';
import { createImagePresenter } from '../../../server/images/image.presenter.ts';
import { readPhotoOf, viewPositionOf } from '../../../server/images/read-photo.ts';
import { receiveUploadOf } from '../../../server/images/receive-upload.ts';
import { receiveUploadForOf } from '../../../server/images/receive-upload-for.ts';
import { renameImageOf } from '../../../server/images/rename-image.ts';
import { retryImageOf } from '../../../server/images/retry-image.ts';
import { createSignedUrls } from '../../../server/images/signed-urls.ts';
import { uploadImageOf } from '../../../server/images/upload-image.ts';
import { watchSettlingOf } from '../../../server/images/watch-settling.ts';
import { createLinkOf } from '../../../server/links/create-link.ts';
import { createLinkForOwnerOf } from '../../../server/links/create-link-for-owner.ts';
import { linkPresenter } from '../../../server/links/link.presenter.ts';
import { createLinkTokens } from '../../../server/links/link-token.ts';
import { revokeLinkOf } from '../../../server/links/revoke-link.ts';
import { showLinkOf } from '../../../server/links/show-link.ts';
import type { Models } from '../../../server/models.ts';
import type { FunctionHealth } from '../../../server/thumbnailing/function-invoker.ts';
import type { SweepStatus } from '../../../server/thumbnailing/sweep.ts';
import { ensureFirstTiers } from '../../../server/tiers/first-tiers.ts';
import { buildPanel } from '../../../tools/build-panel.mjs';
import { accountUseCases } from '../account-world.ts';
import { buildAccount } from '../builders/build-account.ts';
import { openTestDatabase } from '../open-test-database.ts';
import { PanelClient } from './panel-client.ts';

export const adminPassword = 'a lamp, red and dim';

export interface PanelWorldOptions {
  /** Where people would open it; the test server's own address when it is not given. */
  publicUrl?: string;
  /** Below which path a proxy serves it, which takes the path away: `/photos`. */
  path?: string;
  /** Takes the place of a use case. */
  useCases?: Partial<PanelUseCases>;
}

interface Health {
  function: FunctionHealth;
  sweep: Pick<SweepStatus, 'lastRunAt' | 'faults'>;
  store: StoreRefusal[];
}

export type PanelWorld = Awaited<ReturnType<typeof openPanelWorld>>;

/** The panel over HTTP on a database and a disk store of its own, with the first tiers and a superuser `admin`. */
export async function openPanelWorld(options: PanelWorldOptions = {}) {
  const database = await openTestDatabase();
  const { models } = database;
  const directory = await mkdtemp(join(tmpdir(), 'darkroom-panel-'));
  const assetsDirectory = join(directory, 'assets');
  await buildPanel({ outDirectory: assetsDirectory });

  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  const path = options.path ?? '';
  const publicUrl = options.publicUrl ?? url + path;

  const logger = pino({ level: 'silent' });
  const presign = { publicUrl, accessKeyId: 'key', secretAccessKey: 'secret' };
  const store = createDiskObjectStore({ directory: join(directory, 'objects'), presign });
  const accounts = accountUseCases(database);
  const { deps, loadActor } = accounts;
  const presentImage = createImagePresenter({ signedUrls: createSignedUrls(store) });
  const addresses = { publicUrl, tokens: createLinkTokens({ current: 'a key for links' }) };
  const present = linkPresenter(addresses);
  const requested: string[] = [];
  const clock = { now: () => new Date() };
  const health: Health = {
    function: { status: 'ok', queued: 0 },
    sweep: { lastRunAt: new Date(), faults: {} },
    store: [],
  };
  const panel = createAdminPanel({
    ...database,
    store,
    useCases: {
      ...accounts,
      renameImage: renameImageOf({ ...deps, presentImage }),
      deleteImage: deleteImageOf({ ...deps, store, logger }),
      retryImage: retryImageOf({ ...deps, requestThumbnails: async (id) => requested.push(String(id)) }),
      readPhoto: readPhotoOf({ ...deps, store }),
      viewPosition: viewPositionOf({ ...deps, store }),
      receiveUploadFor: receiveUploadForOf({
        ...deps,
        loadActor,
        receiveUpload: receiveUploadOf({
          uploadImage: uploadImageOf({ ...deps, store, presentImage, logger, maxPixels: 1_000_000 }),
          watchSettling: watchSettlingOf(deps),
          getImage: getImageOf({ ...deps, presentImage }),
        }),
      }),
      createLinkForOwner: createLinkForOwnerOf({ ...deps, loadActor, createLink: createLinkOf({ ...deps, present }) }),
      revokeLink: revokeLinkOf(deps),
      showLink: showLinkOf({ ...deps, ...addresses }),
      ...options.useCases,
    },
    loadActor: accounts.loadActor,
    authenticatePassword: authenticatePasswordOf(deps),
    passwordLink: accounts.passwordLink,
    health: { function: () => health.function, sweep: () => health.sweep, store: () => health.store },
    sessionSecrets: ['s'.repeat(48), 'older'.repeat(10)],
    publicUrl,
    logger,
    assetsDirectory,
    now: () => clock.now(),
  });
  // Not in the middle of a request: on a busy machine it holds up everything for longer than a database may take.
  await panel.ready();
  const app = express();
  app.set('query parser', false);
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(requestContext(logger));
  const setSecurityHeaders = securityHeaders({ publicUrl });
  app.use((_req, res, next) => {
    setSecurityHeaders(res);
    next();
  });
  app.use(createObjectsRoutes({ store, presign, logger }));
  app.use('/admin', panel.router);
  server.on('request', (req, res) => {
    if (!req.url?.startsWith(`${path}/`)) return res.writeHead(404).end();
    req.url = req.url.slice(path.length);
    app(req, res);
  });

  await ensureFirstTiers({ ...deps })();
  const tier = await models.Tier.findOne({ where: { isDefault: true }, rejectOnEmpty: true });
  const admin = await buildAccount(models, {
    username: 'admin',
    password: adminPassword,
    isStaff: true,
    isSuperuser: true,
    tierId: tier.id,
  });

  const client = () => new PanelClient(url + path, new URL(publicUrl).origin);
  return {
    databaseUrl: database.url,
    ...database,
    ...accounts,
    url,
    publicUrl,
    panel,
    store,
    admin,
    tier,
    clock,
    /** What the function and the sweep say of themselves. */
    health,
    assetsDirectory,
    /** Images whose thumbnails were asked for. */
    requested,
    client,
    /** Logged in as the superuser, or as somebody else. */
    async loggedIn(username = 'admin', password = adminPassword) {
      const somebody = client();
      const answer = await somebody.login(username, password);
      if (answer.status !== 303) throw new Error(`login answered ${answer.status}: ${await answer.text()}`);
      return somebody;
    },
    /** Staff with these permissions, logged in. */
    async staffWith(...permissions: string[]) {
      const account = await buildAccount(models, {
        password: adminPassword,
        isStaff: true,
        tierId: tier.id,
        permissions,
      });
      return { account, client: await this.loggedIn(account.username) };
    },
    addImage: (given: Partial<AddedImage> & { ownerId: string }) => addImage(models, store, given),
    async close() {
      await panel.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await database.close();
      await store.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

interface AddedImage {
  ownerId: string;
  name: string;
  status: 'processing' | 'ready' | 'failed';
  color: string;
}

/** A stored image with its bytes and, when it is ready, a thumbnail of 200 pixels: made here, by no function. */
async function addImage(
  models: Models,
  store: ReturnType<typeof createDiskObjectStore>,
  { ownerId, name = 'cat.png', status = 'ready', color = '#c8452b' }: Partial<AddedImage> & { ownerId: string },
) {
  const bytes = await picture(600, 400, color);
  const id = uuidV7();
  const objectKey = originalKey(id, randomBytes(16).toString('hex'));
  await store.put('originals', objectKey, bytes, { contentType: 'image/png' });
  const image = await models.Image.create({
    id,
    ownerId,
    name,
    objectKey,
    status,
    state: 'stored',
    contentType: 'image/png',
    bytes: bytes.length,
    width: 600,
    height: 400,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    ...(status === 'failed' && { failureCode: 'undecodable', failureMessage: 'The file cannot be read as an image.' }),
  });
  await models.Account.increment({ usedBytes: bytes.length }, { where: { id: ownerId } });
  if (status !== 'ready') return image;
  const small = await picture(300, 200, color);
  const shape = { tierHeight: 200, format: 'same', contentType: 'image/png' } as const;
  const key = thumbnailKey(objectKey, { version: 1, heights: [200], format: 'same' }, shape);
  await store.put('thumbnails', key, small, { contentType: 'image/png' });
  await models.Thumbnail.create({
    ...shape,
    imageId: id,
    width: 300,
    height: 200,
    bytes: small.length,
    objectKey: key,
  });
  return image;
}

function picture(width: number, height: number, color: string): Promise<Buffer> {
  const svg = `<svg width="${width}" height="${height}" xmlns="http://www.w3.org/2000/svg">
    <rect width="100%" height="100%" fill="${color}"/>
    <circle cx="${width * 0.7}" cy="${height * 0.35}" r="${height * 0.2}" fill="#fff8"/>
    <path d="M0 ${height} L${width * 0.35} ${height * 0.45} L${width * 0.6} ${height * 0.8} L${width * 0.8} ${height * 0.6} L${width} ${height} Z" fill="#0005"/>
  </svg>`;
  return sharp(Buffer.from(svg)).png().toBuffer();
}
