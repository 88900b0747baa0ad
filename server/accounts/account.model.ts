import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type NonAttribute,
  type Sequelize,
} from 'sequelize';
import type { TierModel } from '../tiers/tier.model.ts';
import type { AccountPermissionModel, GroupModel } from './group.model.ts';

export class AccountModel extends Model<InferAttributes<AccountModel>, InferCreationAttributes<AccountModel>> {
  declare id: string;
  declare username: string;
  declare email: CreationOptional<string>;
  /** argon2id in its PHC form; null means that no password works. */
  declare passwordHash: CreationOptional<string | null>;
  declare isActive: CreationOptional<boolean>;
  declare isStaff: CreationOptional<boolean>;
  declare isSuperuser: CreationOptional<boolean>;
  declare tierId: string;
  /** In every token and session; one more ends them all. */
  declare tokenGeneration: CreationOptional<number>;
  /** Originals, with what running uploads have reserved. */
  declare usedBytes: CreationOptional<number>;
  /** Goes up with every change of any of the account's images or thumbnails. */
  declare imagesVersion: CreationOptional<number>;
  /** Goes up by one with each change by a person. */
  declare version: CreationOptional<number>;
  declare dateJoined: CreationOptional<Date>;
  declare lastLogin: CreationOptional<Date | null>;
  declare updatedAt: CreationOptional<Date>;

  declare tier?: NonAttribute<TierModel>;
  declare groups?: NonAttribute<GroupModel[]>;
  declare permissions?: NonAttribute<AccountPermissionModel[]>;
}

export function defineAccount(sequelize: Sequelize): typeof AccountModel {
  return class extends AccountModel {}.init(
    {
      id: { type: DataTypes.UUID, primaryKey: true },
      username: { type: DataTypes.CITEXT, allowNull: false },
      email: { type: DataTypes.CITEXT, allowNull: false, defaultValue: '' },
      passwordHash: { type: DataTypes.TEXT, allowNull: true },
      isActive: { type: DataTypes.BOOLEAN, allowNull: false, defaultValue: true },
      isStaff: { type: DataTypes.BOOLEAN, allowNull: false, defaultValue: false },
      isSuperuser: { type: DataTypes.BOOLEAN, allowNull: false, defaultValue: false },
      tierId: { type: DataTypes.UUID, allowNull: false },
      tokenGeneration: { type: DataTypes.INTEGER, allowNull: false, defaultValue: 1 },
      usedBytes: { type: DataTypes.BIGINT, allowNull: false, defaultValue: 0 },
      imagesVersion: { type: DataTypes.BIGINT, allowNull: false, defaultValue: 1 },
      version: { type: DataTypes.INTEGER, allowNull: false, defaultValue: 1 },
      dateJoined: { type: DataTypes.DATE(3), allowNull: false, defaultValue: DataTypes.NOW },
      lastLogin: { type: DataTypes.DATE(3), allowNull: true },
      updatedAt: { type: DataTypes.DATE(3), allowNull: false, defaultValue: DataTypes.NOW },
    },
    { sequelize, tableName: 'accounts', modelName: 'Account' },
  );
}
