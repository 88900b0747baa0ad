// What this package knows of the service: types alone. `npm run client:build` writes them out in full, so that nothing
// of the service's source, nor of what it depends on, is needed by who installs the package.
export type { Image, Thumbnail } from '../../core/contracts/image.ts';
export type { Link } from '../../core/contracts/link.ts';
export type { Tier, TierForStaff } from '../../core/contracts/tier.ts';
export type { TokenPair } from '../../core/contracts/token.ts';
export type { Me, User } from '../../core/contracts/user.ts';
export type { ErrorCode, FieldError } from '../../core/errors.ts';
export type { AppRouter } from '../../server/app-router.ts';
export type { TrpcErrorData } from '../../server/trpc/trpc.ts';
