import type { ThumbnailFormat } from '../../core/contracts/tier.ts';
import type { TierModel } from './tier.model.ts';

/** A tier as the rules read it: plain and frozen. Bytes and seconds as the names say. */
export interface TierRules {
  readonly id: string;
  readonly name: string;
  readonly thumbnailHeights: readonly number[];
  readonly thumbnailFormat: ThumbnailFormat;
  readonly originalLink: boolean;
  readonly expiringLink: boolean;
  readonly expiringLinkMinSeconds: number;
  readonly expiringLinkMaxSeconds: number;
  readonly maxUploadBytes: number;
  /** Null: no limit. */
  readonly quotaBytes: number | null;
  /** Null: the limit of the service. */
  readonly requestsPerMinute: number | null;
  readonly uploadsPerHour: number | null;
  readonly version: number;
}

/** SQL: the rules of the tier in the row `alias`, as JSON. */
export function tierRulesSql(alias: string): string {
  const columns = Object.entries(tierColumns).map(([field, column]) => `'${field}', ${alias}.${column}`);
  return `json_build_object(${columns.join(', ')})`;
}

const tierColumns: Record<keyof TierRules, string> = {
  id: 'id',
  name: 'name',
  thumbnailHeights: 'thumbnail_heights',
  thumbnailFormat: 'thumbnail_format',
  originalLink: 'original_link',
  expiringLink: 'expiring_link',
  expiringLinkMinSeconds: 'expiring_link_min_seconds',
  expiringLinkMaxSeconds: 'expiring_link_max_seconds',
  maxUploadBytes: 'max_upload_bytes',
  quotaBytes: 'quota_bytes',
  requestsPerMinute: 'requests_per_minute',
  uploadsPerHour: 'uploads_per_hour',
  version: 'version',
};

/** Whether a tier stays the default whatever is wished: that is given to another one, never just taken away. */
export function staysDefault(tier: { isDefault: boolean }): boolean {
  return tier.isDefault;
}

export function tierRulesOf(tier: TierModel): TierRules {
  return Object.freeze({
    id: tier.id,
    name: tier.name,
    thumbnailHeights: tier.thumbnailHeights,
    thumbnailFormat: tier.thumbnailFormat,
    originalLink: tier.originalLink,
    expiringLink: tier.expiringLink,
    expiringLinkMinSeconds: tier.expiringLinkMinSeconds,
    expiringLinkMaxSeconds: tier.expiringLinkMaxSeconds,
    maxUploadBytes: tier.maxUploadBytes,
    quotaBytes: tier.quotaBytes,
    requestsPerMinute: tier.requestsPerMinute,
    uploadsPerHour: tier.uploadsPerHour,
    version: tier.version,
  });
}
