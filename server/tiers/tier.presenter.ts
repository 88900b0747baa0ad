import type { Tier, TierForStaff } from '../../core/contracts/tier.ts';
import type { TierModel } from './tier.model.ts';

export function presentTier(
  tier: Readonly<Omit<Tier, 'thumbnailHeights'>> & { thumbnailHeights: readonly number[] },
): Tier {
  return {
    id: tier.id,
    name: tier.name,
    isDefault: tier.isDefault,
    thumbnailHeights: [...tier.thumbnailHeights],
    thumbnailFormat: tier.thumbnailFormat,
    originalLink: tier.originalLink,
    expiringLink: tier.expiringLink,
    expiringLinkMinSeconds: tier.expiringLinkMinSeconds,
    expiringLinkMaxSeconds: tier.expiringLinkMaxSeconds,
    maxUploadBytes: tier.maxUploadBytes,
    quotaBytes: tier.quotaBytes,
    requestsPerMinute: tier.requestsPerMinute,
    uploadsPerHour: tier.uploadsPerHour,
  };
}

export function presentTierForStaff({ tier, accounts }: { tier: TierModel; accounts: number }): TierForStaff {
  return { ...presentTier(tier), version: tier.version, accounts };
}
