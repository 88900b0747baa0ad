import compression from 'compression';
import { Router } from 'express';
import { recordLogoutOf } from '../server/audit/record-logout.ts';
import { createPanelAssets, type PanelAssets } from './assets/panel-assets.ts';
import { languageRouter, requestLanguage } from './locale/request-language.ts';
import { loginRouter } from './login/login-router.ts';
import type { PanelDeps } from './panel-deps.ts';
import { passwordRouter } from './password/password-router.ts';
import { nothingHere, panelErrors } from './security/panel-errors.ts';
import { panelHeaders } from './security/panel-headers.ts';
import { createPanelPaths, outwardUrl } from './security/panel-paths.ts';
import { readQuery } from './security/read-query.ts';
import { requireSameOrigin } from './security/same-origin.ts';
import { createPanelSession } from './session/panel-session.ts';
import { requirePanelUser } from './session/require-panel-user.ts';
import { storeOrigins } from './signed-urls.ts';

export interface AdminPanel {
  /** To be mounted at /admin, before any body parser. */
  router: Router;
  /** Loads AdminJS (about a second of work) ahead of the first visit, which otherwise waits for it. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The admin panel. From outside in: headers, scripts, session, login; then the wall that only active staff pass; then
 * the check against foreign pages; only then AdminJS.
 */
export function createAdminPanel(deps: PanelDeps): AdminPanel {
  const { publicUrl, logger, loadActor, authenticatePassword, now = () => new Date() } = deps;
  const paths = createPanelPaths(publicUrl);
  const session = createPanelSession({ ...deps, paths, secrets: deps.sessionSecrets });
  const assets = createPanelAssets(deps.assetsDirectory, paths);
  const app = lazily(() => loadApp(deps, assets));

  const router = Router({ caseSensitive: true });
  router.use(outwardUrl(paths));
  router.use(panelHeaders({ publicUrl, imageOrigins: () => imageOrigins(deps, now()) }));
  router.use(compression());
  router.use(readQuery);
  router.use(assets.router);
  router.use(requestLanguage, languageRouter({ publicUrl, paths }));
  router.use(passwordRouter(deps));
  router.use(session.middleware);
  router.use(
    loginRouter({ authenticatePassword, loadActor, recordLogout: recordLogoutOf(deps), publicUrl, paths, logger, now }),
  );
  router.use(requirePanelUser({ loadActor, now, paths }));
  router.use(requireSameOrigin({ publicUrl, allowUnknown: false }));
  router.use(async (req, res, next) => {
    await deps.limitRate?.(req, res, res.locals.actor);
    next();
  });
  router.use(async (req, res, next) => {
    const handle = await app();
    handle(req, res, next);
  });
  router.use(nothingHere);
  router.use(panelErrors({ logger, paths }));

  return {
    router,
    ready: async () => {
      await app();
    },
    close: async () => session.close(),
  };
}

async function loadApp(deps: PanelDeps, assets: PanelAssets): Promise<Router> {
  // In two steps: each holds up everything else for a shorter time.
  await import('@adminjs/design-system');
  const { createPanelApp } = await import('./panel-app.ts');
  return createPanelApp(deps, assets);
}

/** Once; again after a failure. */
function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

/** A store that cannot sign just now shows no previews; the panel works. */
function imageOrigins({ store, logger }: PanelDeps, at: Date): string[] {
  try {
    return storeOrigins(store, at);
  } catch (error) {
    logger.debug({ err: error }, 'no origin of the object store for the panel');
    return [];
  }
}
