import type { Migration } from '../migration.ts';
import { migration as first } from './20261122000000-first.ts';
import { migration as panelLists } from './20261122220000-panel-lists.ts';
import { migration as aliveMark } from './20261122223000-alive-mark.ts';
import { migration as imageCount } from './20261127150000-image-count.ts';
import { migration as uploadsByOwner } from './20261127150100-uploads-by-owner.ts';
import { migration as tombstonesByImage } from './20261127150500-tombstones-by-image.ts';
import { migration as refreshTokenFamily } from './20261127151000-refresh-token-family.ts';
import { migration as purgeIndexes } from './20261127151100-purge-indexes.ts';
import { migration as workByOwner } from './20261127161000-work-by-owner.ts';
import { migration as logRetention } from './20261127163000-log-retention.ts';
import { migration as imageWarnings } from './20261127171500-image-warnings.ts';
import { migration as tierRateLimits } from './20261127172000-tier-rate-limits.ts';

/** Every migration in the order of its time. One that has landed is never edited. */
export const migrations: readonly Migration[] = [
  first,
  panelLists,
  aliveMark,
  imageCount,
  uploadsByOwner,
  tombstonesByImage,
  refreshTokenFamily,
  purgeIndexes,
  workByOwner,
  logRetention,
  imageWarnings,
  tierRateLimits,
];
