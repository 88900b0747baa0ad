import type { Sequelize } from 'sequelize';
import { defineAccount } from './accounts/account.model.ts';
import { defineGroups } from './accounts/group.model.ts';
import { defineRefreshToken } from './accounts/refresh-token.model.ts';
import { defineAuditEntry } from './audit/audit-entry.model.ts';
import { defineIdempotencyKey } from './images/idempotency-key.model.ts';
import { defineImage } from './images/image.model.ts';
import { defineImageEvent } from './images/image-event.model.ts';
import { defineTombstone } from './images/tombstone.model.ts';
import { defineJob } from './jobs/job.model.ts';
import { defineExpiringLink } from './links/expiring-link.model.ts';
import { defineThumbnail } from './thumbnailing/thumbnail.model.ts';
import { defineTier } from './tiers/tier.model.ts';

/** All models on one connection pool, with their associations. The migrations alone make tables. */
export function createModels(sequelize: Sequelize) {
  const models = {
    Tier: defineTier(sequelize),
    Account: defineAccount(sequelize),
    ...defineGroups(sequelize),
    RefreshToken: defineRefreshToken(sequelize),
    Image: defineImage(sequelize),
    Thumbnail: defineThumbnail(sequelize),
    Tombstone: defineTombstone(sequelize),
    ImageEvent: defineImageEvent(sequelize),
    IdempotencyKey: defineIdempotencyKey(sequelize),
    ExpiringLink: defineExpiringLink(sequelize),
    Job: defineJob(sequelize),
    AuditEntry: defineAuditEntry(sequelize),
  };
  const { Tier, Account, Group, GroupPermission, AccountPermission, AccountGroup } = models;
  const { Image, Thumbnail, ExpiringLink, RefreshToken } = models;

  Account.belongsTo(Tier, { as: 'tier', foreignKey: 'tierId' });
  Tier.hasMany(Account, { as: 'accounts', foreignKey: 'tierId' });
  Account.belongsToMany(Group, {
    as: 'groups',
    through: AccountGroup,
    foreignKey: 'accountId',
    otherKey: 'groupId',
  });
  Group.belongsToMany(Account, {
    as: 'accounts',
    through: AccountGroup,
    foreignKey: 'groupId',
    otherKey: 'accountId',
  });
  Group.hasMany(GroupPermission, { as: 'permissions', foreignKey: 'groupId' });
  Account.hasMany(AccountPermission, { as: 'permissions', foreignKey: 'accountId' });
  Account.hasMany(RefreshToken, { as: 'refreshTokens', foreignKey: 'accountId' });
  Image.belongsTo(Account, { as: 'owner', foreignKey: 'ownerId' });
  Image.hasMany(Thumbnail, { as: 'thumbnails', foreignKey: 'imageId' });
  Image.hasMany(ExpiringLink, { as: 'links', foreignKey: 'imageId' });
  ExpiringLink.belongsTo(Image, { as: 'image', foreignKey: 'imageId' });
  ExpiringLink.belongsTo(Account, { as: 'owner', foreignKey: 'ownerId' });

  return models;
}

export type Models = ReturnType<typeof createModels>;

/** What every use case that reads or writes gets. */
export interface Database {
  sequelize: Sequelize;
  models: Models;
}
