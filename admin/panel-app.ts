import { buildRoutes } from '@adminjs/express';
import AdminJS, { Router as AdminRouter } from 'adminjs';
import { Router } from 'express';
import { AppError } from '../core/errors.ts';
import type { PanelAssets } from './assets/panel-assets.ts';
import { productName } from './brand.ts';
import { exportRouter } from './export/export-router.ts';
import { importRouter } from './import/import-router.ts';
import { en } from './locale/en.ts';
import { renderPanelPage } from './page/panel-page.ts';
import { dashboardOf } from './pages/dashboard.ts';
import { modelGuidePage } from './pages/model-guide.ts';
import { ownAccountPage } from './pages/own-account.ts';
import type { PanelDeps } from './panel-deps.ts';
import { addSections } from './resources/add-sections.ts';
import { groupsResource } from './resources/groups.ts';
import { imagesResource } from './resources/images.ts';
import { linksResource } from './resources/links.ts';
import { logResource } from './resources/log.ts';
import { tiersResource } from './resources/tiers.ts';
import { usersResource } from './resources/users.ts';
import { apiGuard } from './security/api-guard.ts';
import { createPanelPaths } from './security/panel-paths.ts';
import type { PanelUser } from './session/panel-user.ts';
import { uploadRouter } from './upload/upload-router.ts';

/**
 * The part of the panel that AdminJS is: its pages and its API, behind everything that panel.ts puts before them. This
 * module takes a second to load, so it is imported when it is needed.
 */
export function createPanelApp(deps: PanelDeps, assets: PanelAssets): Router {
  const admin = createAdmin(deps);
  const router = Router({ caseSensitive: true });

  router.get(['/', '/resources/*path', '/pages/*path'], async (req, res) => {
    const resourceId = /^\/resources\/([^/]+)/.exec(req.path)?.[1];
    if (resourceId && !admin.resources.some((resource) => resource.id() === resourceId)) {
      throw new AppError('not_found', 'There is nothing at this address.');
    }
    const { panelUser: user, nonce } = res.locals as { panelUser: PanelUser; nonce: string };
    const page = await renderPanelPage({ admin, user, nonce, assets });
    res.type('html').send(page);
  });

  router.use(exportRouter(admin, deps));
  router.use(uploadRouter(deps));
  router.use(importRouter(deps));
  router.use('/api', apiGuard(admin));
  const routes = AdminRouter.routes.filter(({ path, action }) => path.startsWith('/api/') && action !== 'search');
  // The two packages' types differ in what a route's method is; they are made for each other.
  buildRoutes({ admin, routes, router } as unknown as Parameters<typeof buildRoutes>[0]);
  return router;
}

/** AdminJS, which neither bundles nor watches anything: the components are bundled by tools/build-panel.mjs. */
export function createAdmin(deps: PanelDeps): AdminJS {
  const dashboard = dashboardOf(deps);
  const paths = createPanelPaths(deps.publicUrl);
  return new AdminJS({
    rootPath: paths.panel,
    loginPath: `${paths.login}/`,
    logoutPath: paths.logout,
    resources: [
      usersResource(deps),
      tiersResource(deps),
      imagesResource(deps),
      linksResource(deps),
      groupsResource(deps),
      logResource(deps),
    ].map((resource) => addSections(resource, deps)),
    dashboard: {
      component: 'Dashboard',
      handler: (_request, _response, { currentAdmin }) => dashboard(currentAdmin as unknown as PanelUser),
    },
    pages: {
      account: { component: 'OwnAccount', handler: ownAccountPage(deps) },
      guide: { component: 'ModelGuide', handler: modelGuidePage },
    },
    branding: { companyName: productName, logo: false, withMadeWithLove: false },
    version: { admin: false },
    locale: en,
    settings: { defaultPerPage: 25 },
  });
}
