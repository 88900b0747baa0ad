import type { TierRules } from '../tiers/tier-rules.ts';

/** Who does something: read anew for each request, so that what staff change counts at once. */
export interface Actor {
  readonly accountId: string;
  readonly username: string;
  readonly isStaff: boolean;
  readonly isSuperuser: boolean;
  readonly tokenGeneration: number;
  /** Goes up with every change of any of the account's images or thumbnails. */
  readonly imagesVersion: number;
  /** `images.delete` and the like: the account's own and its groups'; a superuser has all without any here. */
  readonly permissions: ReadonlySet<string>;
  readonly tier: TierRules;
}

/** Where a request came from, for the log. */
export interface Origin {
  readonly address: string;
  readonly requestId: string;
}
