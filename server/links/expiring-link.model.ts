import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type NonAttribute,
  type Sequelize,
} from 'sequelize';
import type { AccountModel } from '../accounts/account.model.ts';
import type { ImageModel } from '../images/image.model.ts';

export class ExpiringLinkModel extends Model<
  InferAttributes<ExpiringLinkModel>,
  InferCreationAttributes<ExpiringLinkModel>
> {
  declare id: string;
  declare imageId: string;
  declare ownerId: string;
  /** The tier height of the thumbnail behind it; null for the original. */
  declare height: CreationOptional<number | null>;
  declare expireTimeSeconds: number;
  declare expiresAt: Date;
  declare maxUses: CreationOptional<number | null>;
  declare uses: CreationOptional<number>;
  declare revokedAt: CreationOptional<Date | null>;
  declare createdAt: CreationOptional<Date>;

  declare image?: NonAttribute<ImageModel>;
  declare owner?: NonAttribute<AccountModel>;
}

export function defineExpiringLink(sequelize: Sequelize): typeof ExpiringLinkModel {
  return class extends ExpiringLinkModel {}.init(
    {
      id: { type: DataTypes.UUID, primaryKey: true },
      imageId: { type: DataTypes.UUID, allowNull: false },
      ownerId: { type: DataTypes.UUID, allowNull: false },
      height: { type: DataTypes.INTEGER, allowNull: true },
      expireTimeSeconds: { type: DataTypes.INTEGER, allowNull: false },
      expiresAt: { type: DataTypes.DATE(3), allowNull: false },
      maxUses: { type: DataTypes.INTEGER, allowNull: true },
      uses: { type: DataTypes.INTEGER, allowNull: false, defaultValue: 0 },
      revokedAt: { type: DataTypes.DATE(3), allowNull: true },
      createdAt: { type: DataTypes.DATE(3), allowNull: false, defaultValue: DataTypes.NOW },
    },
    { sequelize, tableName: 'expiring_links', modelName: 'ExpiringLink' },
  );
}
