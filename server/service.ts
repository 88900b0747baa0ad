import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { createAdminPanel } from '../admin/panel.ts';
import { authenticateOf } from './accounts/authenticate.ts';
import { meRoutes } from './accounts/me.routes.ts';
import { tokensRoutes } from './accounts/tokens.routes.ts';
import { createApp } from './app.ts';
import { createAppRouter } from './app-router.ts';
import type { Background } from './background.ts';
import type { Config } from './config.ts';
import { createObjectsHandler } from './embedded/objects.routes.ts';
import type { Secrets } from './embedded/secrets.ts';
import { docsRoutes } from './http/docs.routes.ts';
import { createRateLimits } from './http/rate-limits.ts';
import type { Route } from './http/route.ts';
import { findEndedListenersOf } from './images/ended-listeners.ts';
import { imageEventsRoutes } from './images/image-events.routes.ts';
import { createImageEvents } from './images/image-events.ts';
import { imagesRoutes } from './images/images.routes.ts';
import { receiveUploadOf } from './images/receive-upload.ts';
import { receiveUploadForOf } from './images/receive-upload-for.ts';
import { watchImagesOf } from './images/watch-images.ts';
import type { Infrastructure } from './infrastructure.ts';
import { enqueueJobOf } from './jobs/enqueue-job.ts';
import { linksRoutes } from './links/links.routes.ts';
import { healthRoutes } from './monitoring/health.routes.ts';
import { type MetricsText, metricsRoutes } from './monitoring/metrics.routes.ts';
import { createRequestMetrics } from './monitoring/request-metrics.ts';
import { projectRoot } from './project-root.ts';
import { hearOfObjectsOf } from './thumbnailing/hear-of-objects.ts';
import { requestThumbnailsOf } from './thumbnailing/request-thumbnails.ts';
import { storeEventsRoutes } from './thumbnailing/store-events.routes.ts';
import { mountTrpc } from './trpc/mount-trpc.ts';
import { createUseCases, type UseCases } from './use-cases.ts';

export interface ServiceDeps {
  config: Config;
  secrets: Secrets;
  infrastructure: Infrastructure;
  /** For the one connection that listens. */
  databaseUrl: string;
  background: Background;
  registry: Registry;
  /** Of the whole server. */
  readMetrics(): Promise<MetricsText>;
  logger: Logger;
  /** Aborted when the server begins to stop: it is not ready any more. */
  stopping: AbortSignal;
  /** Aborted when it takes no more requests: streams of events end, so that they hold nobody up. */
  closing: AbortSignal;
}

export interface Service {
  /** All of it as one request handler. */
  app: RequestListener;
  useCases: UseCases;
  /** Begins to hear of changes. */
  start(): void;
  /** Loads the panel (about a second of work) ahead of its first visitor. */
  warmUp(): Promise<void>;
  close(): Promise<void>;
}

/** What answers requests: as often as there are processes for it, with nothing that must exist only once. */
export function createService(deps: ServiceDeps): Service {
  const { config, secrets, infrastructure, databaseUrl, background, registry, logger, stopping, closing } = deps;
  const { database, sequelize, store } = infrastructure;
  const metrics = createRequestMetrics(registry);
  const imageEvents = createImageEvents({ sequelize, databaseUrl, logger });
  const useCases = createUseCases({
    config,
    secrets,
    database,
    store,
    logger,
    enqueueJob: enqueueJobOf({ sequelize, wake: background.wakeJobs }),
    requestThumbnails: requestThumbnailsOf({ sequelize, invoker: background, logger }),
    // A function in Lambda hears of it from S3 itself.
    announceOriginal:
      config.thumbnailFunction.lambdaName === null
        ? // One that gets lost is asked for again by the sweep.
          (original) => void background.invoke(original).catch(() => {})
        : undefined,
    imageEvents,
    wakeForTombstones: background.wakeForTombstones,
  });
  const { accounts, tiers, images, groups, links } = useCases;

  const receiveUpload = receiveUploadOf({
    uploadImage: metrics.countUploads(images.upload),
    watchSettling: images.watchSettling,
    getImage: images.get,
  });
  const limitRate = createRateLimits({
    ...config.rateLimits,
    sequelize: config.databaseUrl === null && config.workers === 1 ? null : sequelize,
  });

  const panel = createAdminPanel({
    ...database,
    store,
    useCases: {
      createAccount: accounts.create,
      importAccounts: accounts.importFile,
      updateAccount: accounts.update,
      setPassword: accounts.setPassword,
      makePasswordLink: accounts.makePasswordLink,
      changeOwnPassword: accounts.changeOwnPassword,
      endSessions: accounts.endSessions,
      deleteAccount: accounts.delete,
      createTier: tiers.create,
      updateTier: tiers.update,
      moveAccounts: tiers.moveAccounts,
      deleteTier: tiers.delete,
      createGroup: groups.create,
      updateGroup: groups.update,
      deleteGroup: groups.delete,
      renameImage: images.rename,
      deleteImage: images.delete,
      retryImage: images.retry,
      readPhoto: images.readPhoto,
      viewPosition: images.viewPosition,
      receiveUploadFor: receiveUploadForOf({ ...accounts, receiveUpload, recordAudit: useCases.recordAudit }),
      createLinkForOwner: links.createForOwner,
      revokeLink: links.revoke,
      showLink: links.show,
    },
    health: { function: background.functionHealth, sweep: background.sweepStatus, store: background.storeRefusals },
    loadActor: accounts.loadActor,
    passwordLink: accounts.passwordLink,
    authenticatePassword: (credentials) => accounts.authenticatePassword({ ...credentials, via: 'panel' }),
    limitRate: (req, res, actor) => limitRate(req, res, actor, 'panel'),
    sessionSecrets: [secrets.session.current, ...(secrets.session.previous ? [secrets.session.previous] : [])],
    publicUrl: config.publicUrl,
    logger,
    assetsDirectory: join(projectRoot, 'build/panel'),
  });

  const authenticate = authenticateOf(accounts);
  const watchImages = watchImagesOf({ imageEvents, getImage: images.get, loadActor: accounts.loadActor });
  const imageOperations = {
    receiveUpload,
    getImage: images.get,
    listImages: images.list,
    streamImages: images.stream,
    listTag: images.listTag,
    renameImage: images.rename,
    deleteImage: images.delete,
    publicUrl: config.publicUrl,
  };
  const linkOperations = {
    createLink: links.create,
    listLinks: links.list,
    revokeLink: links.revoke,
    openLink: links.open,
  };
  const storeEvents = config.s3?.eventsToken
    ? storeEventsRoutes({
        hearOfObjects: hearOfObjectsOf({
          sequelize,
          invoker: background,
          onResult: background.onResult,
          buckets: { originals: config.s3.originalsBucket, thumbnails: config.s3.thumbnailsBucket },
        }),
        token: config.s3.eventsToken,
      })
    : [];
  const operations: Route[] = [
    ...tokensRoutes(accounts),
    ...meRoutes(accounts),
    ...imagesRoutes(imageOperations),
    ...imageEventsRoutes({ watchImages, findEndedListeners: findEndedListenersOf({ sequelize }), stopping: closing }),
    ...linksRoutes(linkOperations),
    ...healthRoutes({
      checks: { database: () => sequelize.query('SELECT 1'), store: () => store.check() },
      functionHealth: background.functionHealth,
      storeRefusals: background.storeRefusals,
      stopping,
    }),
    ...metricsRoutes({ readMetrics: deps.readMetrics, metricsToken: config.metricsToken, config }),
    ...storeEvents,
  ];
  const objects = config.s3
    ? undefined
    : createObjectsHandler({ store, presign: { publicUrl: config.publicUrl, ...secrets.diskStore }, logger });
  const trpc = mountTrpc({
    router: createAppRouter({
      auth: accounts,
      getMe: accounts.getMe,
      images: { ...imageOperations, watchImages, stopping: closing },
      links: linkOperations,
      users: accounts,
      tiers,
    }),
    authenticate,
    limitRate,
    logger,
  });
  const app = createApp({
    config,
    logger,
    trpc,
    countRequest: metrics.countRequest,
    objects,
    panel: panel.router,
    routes: [...operations, ...docsRoutes({ publicUrl: config.publicUrl, routes: operations })],
    mount: { authenticate, limitRate },
  });

  return {
    app,
    useCases,
    start: imageEvents.start,
    warmUp: () => panel.ready().catch((error) => logger.error({ err: error }, 'the panel cannot be loaded')),
    close: async () => {
      await Promise.all([imageEvents.stop(), panel.close(), links.uses.settled()]);
    },
  };
}
