import { authRouter } from './accounts/auth.router.ts';
import type { MeRoutesDeps } from './accounts/me.routes.ts';
import type { TokensRoutesDeps } from './accounts/tokens.routes.ts';
import { type UsersRouterDeps, usersRouter } from './accounts/users.router.ts';
import { type ImagesRouterDeps, imagesRouter } from './images/images.router.ts';
import { linksRouter } from './links/links.router.ts';
import type { LinksRoutesDeps } from './links/links.routes.ts';
import { type TiersRouterDeps, tiersRouter } from './tiers/tiers.router.ts';
import { router, userProcedure } from './trpc/trpc.ts';

export interface AppRouterDeps {
  auth: TokensRoutesDeps;
  getMe: MeRoutesDeps['getMe'];
  images: ImagesRouterDeps;
  links: LinksRoutesDeps;
  users: UsersRouterDeps;
  tiers: TiersRouterDeps;
}

/** The operations of REST with the same schemas, rules and errors, for a typed client. */
export function createAppRouter({ auth, getMe, images, links, users, tiers }: AppRouterDeps) {
  return router({
    auth: authRouter(auth),
    me: userProcedure.query(({ ctx }) => getMe(ctx.actor)),
    images: imagesRouter(images),
    links: linksRouter(links),
    users: usersRouter(users),
    tiers: tiersRouter(tiers),
  });
}

export type AppRouter = ReturnType<typeof createAppRouter>;
