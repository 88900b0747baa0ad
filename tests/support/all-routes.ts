import { meRoutes } from '../../server/accounts/me.routes.ts';
import { tokensRoutes } from '../../server/accounts/tokens.routes.ts';
import { docsRoutes } from '../../server/http/docs.routes.ts';
import type { Route } from '../../server/http/route.ts';
import { imagesRoutes } from '../../server/images/images.routes.ts';
import { linksRoutes } from '../../server/links/links.routes.ts';

/** Every REST route, to be looked at and not to be called: nothing is behind the handlers but those of the pages. */
export function allRoutes(publicUrl = 'http://darkroom.test'): Route[] {
  const nothing = { publicUrl } as never;
  const routes = [...tokensRoutes(nothing), ...meRoutes(nothing), ...imagesRoutes(nothing), ...linksRoutes(nothing)];
  return [...routes, ...docsRoutes({ publicUrl, routes })];
}
