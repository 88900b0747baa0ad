import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize';
import type { ThumbnailFormat } from '../../core/contracts/tier.ts';

export class TierModel extends Model<InferAttributes<TierModel>, InferCreationAttributes<TierModel>> {
  declare id: string;
  declare name: string;
  declare isDefault: CreationOptional<boolean>;
  declare thumbnailHeights: number[];
  declare thumbnailFormat: CreationOptional<ThumbnailFormat>;
  declare originalLink: CreationOptional<boolean>;
  declare expiringLink: CreationOptional<boolean>;
  declare expiringLinkMinSeconds: CreationOptional<number>;
  declare expiringLinkMaxSeconds: CreationOptional<number>;
  declare maxUploadBytes: CreationOptional<number>;
  declare quotaBytes: CreationOptional<number | null>;
  declare requestsPerMinute: CreationOptional<number | null>;
  declare uploadsPerHour: CreationOptional<number | null>;
  /** Goes up by one with each change. */
  declare version: CreationOptional<number>;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;
}

export function defineTier(sequelize: Sequelize): typeof TierModel {
  return class extends TierModel {}.init(
    {
      id: { type: DataTypes.UUID, primaryKey: true },
      name: { type: DataTypes.CITEXT, allowNull: false },
      isDefault: { type: DataTypes.BOOLEAN, allowNull: false, defaultValue: false },
      thumbnailHeights: { type: DataTypes.ARRAY(DataTypes.INTEGER), allowNull: false },
      thumbnailFormat: { type: DataTypes.TEXT, allowNull: false, defaultValue: 'same' },
      originalLink: { type: DataTypes.BOOLEAN, allowNull: false, defaultValue: false },
      expiringLink: { type: DataTypes.BOOLEAN, allowNull: false, defaultValue: false },
      expiringLinkMinSeconds: { type: DataTypes.INTEGER, allowNull: false, defaultValue: 300 },
      expiringLinkMaxSeconds: { type: DataTypes.INTEGER, allowNull: false, defaultValue: 30_000 },
      maxUploadBytes: { type: DataTypes.BIGINT, allowNull: false, defaultValue: 52_428_800 },
      quotaBytes: { type: DataTypes.BIGINT, allowNull: true },
      requestsPerMinute: { type: DataTypes.INTEGER, allowNull: true },
      uploadsPerHour: { type: DataTypes.INTEGER, allowNull: true },
      version: { type: DataTypes.INTEGER, allowNull: false, defaultValue: 1 },
      createdAt: { type: DataTypes.DATE(3), allowNull: false, defaultValue: DataTypes.NOW },
      updatedAt: { type: DataTypes.DATE(3), allowNull: false, defaultValue: DataTypes.NOW },
    },
    { sequelize, tableName: 'tiers', modelName: 'Tier' },
  );
}
