import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize';

export class GroupModel extends Model<InferAttributes<GroupModel>, InferCreationAttributes<GroupModel>> {
  declare id: string;
  declare name: string;
  declare version: CreationOptional<number>;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;
}

/** A permission that a group gives (`images.delete`). */
export class GroupPermissionModel extends Model<
  InferAttributes<GroupPermissionModel>,
  InferCreationAttributes<GroupPermissionModel>
> {
  declare groupId: string;
  declare permission: string;
}

/** A permission that an account has by itself. */
export class AccountPermissionModel extends Model<
  InferAttributes<AccountPermissionModel>,
  InferCreationAttributes<AccountPermissionModel>
> {
  declare accountId: string;
  declare permission: string;
}

export class AccountGroupModel extends Model<
  InferAttributes<AccountGroupModel>,
  InferCreationAttributes<AccountGroupModel>
> {
  declare accountId: string;
  declare groupId: string;
}

export function defineGroups(sequelize: Sequelize) {
  const Group = class extends GroupModel {}.init(
    {
      id: { type: DataTypes.UUID, primaryKey: true },
      name: { type: DataTypes.CITEXT, allowNull: false },
      version: { type: DataTypes.INTEGER, allowNull: false, defaultValue: 1 },
      createdAt: { type: DataTypes.DATE(3), allowNull: false, defaultValue: DataTypes.NOW },
      updatedAt: { type: DataTypes.DATE(3), allowNull: false, defaultValue: DataTypes.NOW },
    },
    { sequelize, tableName: 'groups', modelName: 'Group' },
  );
  const GroupPermission = class extends GroupPermissionModel {}.init(
    {
      groupId: { type: DataTypes.UUID, primaryKey: true },
      permission: { type: DataTypes.TEXT, primaryKey: true },
    },
    { sequelize, tableName: 'group_permissions', modelName: 'GroupPermission' },
  );
  const AccountPermission = class extends AccountPermissionModel {}.init(
    {
      accountId: { type: DataTypes.UUID, primaryKey: true },
      permission: { type: DataTypes.TEXT, primaryKey: true },
    },
    { sequelize, tableName: 'account_permissions', modelName: 'AccountPermission' },
  );
  const AccountGroup = class extends AccountGroupModel {}.init(
    {
      accountId: { type: DataTypes.UUID, primaryKey: true },
      groupId: { type: DataTypes.UUID, primaryKey: true },
    },
    { sequelize, tableName: 'account_groups', modelName: 'AccountGroup' },
  );
  return { Group, GroupPermission, AccountPermission, AccountGroup };
}
