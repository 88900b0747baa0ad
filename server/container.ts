import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { createAdminPanel } from '../admin/panel.ts';
import { authenticateOf } from './accounts/authenticate.ts';
import { ensureFirstAdmin } from './accounts/first-admin.ts';
import { meRoutes } from './accounts/me.routes.ts';
import { tokensRoutes } from './accounts/tokens.routes.ts';
import { createApp } from './app.ts';
import { createAppRouter } from './app-router.ts';
import type { Config } from './config.ts';
import { createSequelize } from './db/sequelize.ts';
import { isEmbedded } from './embedded/data-folder.ts';
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
import { createAliveMark, letGoOfOlderUploads } from './installation/alive-mark.ts';
import { matchInstallation } from './installation/match-installation.ts';
import { createJobs, type Jobs } from './jobs/jobs.ts';
import { linksRoutes } from './links/links.routes.ts';
import { createModels } from './models.ts';
import { healthRoutes } from './monitoring/health.routes.ts';
import { metricsRoutes } from './monitoring/metrics.routes.ts';
import { createMetrics } from './monitoring/metrics.ts';
import { openResultsQueue } from './open-results-queue.ts';
import { openStore } from './open-store.ts';
import { projectRoot } from './project-root.ts';
import { requireStore } from './require-store.ts';
import { startFunction } from './start-function.ts';
import { type ApplyResult, applyResultOf } from './thumbnailing/apply-result.ts';
import { createBackfillJobs } from './thumbnailing/backfill-jobs.ts';
import type { FunctionEnds, FunctionInvoker } from './thumbnailing/function-invoker.ts';
import { hearOfObjectsOf } from './thumbnailing/hear-of-objects.ts';
import { inheritLastRun } from './thumbnailing/inherit-last-run.ts';
import { recordFailureOf } from './thumbnailing/record-failure.ts';
import { requestThumbnailsOf } from './thumbnailing/request-thumbnails.ts';
import { storeEventsRoutes } from './thumbnailing/store-events.routes.ts';
import { createSweep } from './thumbnailing/sweep.ts';
import { ensureFirstTiers } from './tiers/first-tiers.ts';
import { mountTrpc } from './trpc/mount-trpc.ts';
import { createUseCases, type UseCases } from './use-cases.ts';

export interface ContainerDeps {
  config: Config;
  secrets: Secrets;
  /** Of the database in use, embedded or not; migrated already. */
  databaseUrl: string;
  logger: Logger;
  /** Aborted when the server begins to stop: streams of events end, so that they hold nobody up. */
  stopping: AbortSignal;
}

export interface Container {
  /** The whole service as one request handler. */
  app: RequestListener;
  useCases: UseCases;
  /** Tiers and the admin account, when there are none. What it made up is for the console, once. */
  firstStart(): Promise<{ username: string; password: string } | null>;
  /** Starts what works in the background: function, sweep, jobs, events. A StartupError when the parts do not match. */
  start(): Promise<void>;
  /** Loads the panel (about a second of work) ahead of its first visitor. */
  warmUp(): Promise<void>;
  /** Ends it, finishing what runs; then closes the database pool. */
  close(): Promise<void>;
}

/** The only wiring: who gets what. */
export async function createContainer(deps: ContainerDeps): Promise<Container> {
  const { config, secrets, databaseUrl, logger, stopping } = deps;
  const sequelize = createSequelize({
    url: databaseUrl,
    poolSize: config.databasePoolSize,
    preparedStatements: config.databasePreparedStatements,
  });
  const database = { sequelize, models: createModels(sequelize) };
  const { store, refusals, probe } = await openStore({ config, secrets });
  const metrics = createMetrics({
    sequelize,
    functionHealth: () => invoker.health(),
    sweepStatus: () => sweep.status(),
    storeRefusals: refusals,
  });
  const functionEnds: FunctionEnds = {
    onResult: (result) => metrics.functionEnded(result, 'result', applyResult),
    onFailure: (failure) => metrics.functionEnded(failure, 'failure', recordFailure),
  };
  const invoker: FunctionInvoker = metrics.timeFunction(
    await startFunction({ config, store, logger, ...functionEnds }),
  );
  const resultsQueue = await openResultsQueue({ config, logger, ...functionEnds });
  const recordFailure = recordFailureOf({ ...database, retryFailed: (ids) => sweep.retryFailed(ids), logger });
  const applyResult: ApplyResult = applyResultOf({ ...database, store, invoker, logger });
  const sweep = createSweep({
    ...database,
    auditRetentionDays: config.auditRetentionDays,
    store,
    invoker,
    applyResult,
    logger,
  });
  const jobs: Jobs = createJobs({
    ...database,
    handlers: createBackfillJobs({ sequelize, wakeSweep: sweep.wake }),
    logger,
  });
  const aliveMark = createAliveMark({ sequelize, store, logger });
  const imageEvents = createImageEvents({ sequelize, databaseUrl, logger });
  const useCases = createUseCases({
    config,
    secrets,
    database,
    store,
    logger,
    enqueueJob: jobs.enqueue,
    requestThumbnails: requestThumbnailsOf({ sequelize, invoker, logger }),
    // A function in Lambda hears of it from S3 itself.
    announceOriginal:
      config.thumbnailFunction.lambdaName === null ? (original) => void invoker.invoke(original) : undefined,
    imageEvents,
    wakeForTombstones: sweep.wakeForTombstones,
  });
  const { accounts, tiers, images, groups, links } = useCases;

  const receiveUpload = receiveUploadOf({
    uploadImage: metrics.countUploads(images.upload),
    watchSettling: images.watchSettling,
    getImage: images.get,
  });
  const limitRate = createRateLimits({
    ...config.rateLimits,
    sequelize: config.databaseUrl === null ? null : sequelize,
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
    health: { function: () => invoker.health(), sweep: () => sweep.status(), store: refusals },
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
          invoker,
          onResult: functionEnds.onResult,
          buckets: { originals: config.s3.originalsBucket, thumbnails: config.s3.thumbnailsBucket },
        }),
        token: config.s3.eventsToken,
      })
    : [];
  const operations: Route[] = [
    ...tokensRoutes(accounts),
    ...meRoutes(accounts),
    ...imagesRoutes(imageOperations),
    ...imageEventsRoutes({ watchImages, findEndedListeners: findEndedListenersOf({ sequelize }), stopping }),
    ...linksRoutes(linkOperations),
    ...healthRoutes({
      checks: { database: () => sequelize.query('SELECT 1'), store: () => store.check() },
      functionHealth: () => invoker.health(),
      storeRefusals: refusals,
      stopping,
    }),
    ...metricsRoutes({ metrics, metricsToken: config.metricsToken, config }),
    ...storeEvents,
  ];
  const objects = config.s3
    ? undefined
    : createObjectsHandler({ store, presign: { publicUrl: config.publicUrl, ...secrets.diskStore }, logger });
  const trpc = mountTrpc({
    router: createAppRouter({
      auth: accounts,
      getMe: accounts.getMe,
      images: { ...imageOperations, watchImages, stopping },
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
    firstStart: async () => {
      await ensureFirstTiers({ ...database, recordAudit: useCases.recordAudit })();
      return ensureFirstAdmin({ ...database, passwords: accounts.passwords, recordAudit: useCases.recordAudit })(
        config.admin,
      );
    },
    start: async () => {
      await matchInstallation({ sequelize, store, secrets, config, logger, signal: stopping });
      await requireStore({ probe, logger, signal: stopping });
      await letGoOfOlderUploads({ sequelize, store, logger });
      if (isEmbedded(config)) await inheritLastRun(sequelize);
      await imageEvents.start();
      sweep.start();
      jobs.start();
      resultsQueue?.start();
      aliveMark.start();
    },
    warmUp: () => panel.ready().catch((error) => logger.error({ err: error }, 'the panel cannot be loaded')),
    close: async () => {
      await Promise.all([
        aliveMark.stop(),
        resultsQueue?.stop(),
        sweep.stop(),
        jobs.stop(),
        imageEvents.stop(),
        panel.close(),
        links.uses.settled(),
      ]);
      await invoker.close();
      await store.close();
      await sequelize.close();
    },
  };
}
