import { meRoutes } from '../../server/accounts/me.routes.ts';
import { tokensRoutes } from '../../server/accounts/tokens.routes.ts';
import { docsRoutes } from '../../server/http/docs.routes.ts';
import type { Route } from '../../server/http/route.ts';
import { imageEventsRoutes } from '../../server/images/image-events.routes.ts';
import { imagesRoutes } from '../../server/images/images.routes.ts';
import { linksRoutes } from '../../server/links/links.routes.ts';
import { healthRoutes } from '../../server/monitoring/health.routes.ts';
import { metricsRoutes } from '../../server/monitoring/metrics.routes.ts';

/** Every REST route, to be looked at and not to be called: nothing is behind the handlers but those of the pages. */
export function allRoutes(publicUrl = 'http://darkroom.test'): Route[] {
  const rooms = [tokensRoutes, meRoutes, imagesRoutes, imageEventsRoutes, linksRoutes, healthRoutes, metricsRoutes];
  const ending = new AbortController();
  const routes = rooms.flatMap((routesOf) => routesOf({ publicUrl, stopping: ending.signal } as never));
  // What runs in the background of a room has nothing to do here.
  ending.abort();
  return [...routes, ...docsRoutes({ publicUrl, routes })];
}
