import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize';

/** One `Idempotency-Key` of one account, and the image that its first request made or is making. */
export class IdempotencyKeyModel extends Model<
  InferAttributes<IdempotencyKeyModel>,
  InferCreationAttributes<IdempotencyKeyModel>
> {
  declare accountId: string;
  declare method: string;
  declare path: string;
  declare key: string;
  declare requestFingerprint: string;
  declare imageId: CreationOptional<string | null>;
  declare createdAt: CreationOptional<Date>;
}

export function defineIdempotencyKey(sequelize: Sequelize): typeof IdempotencyKeyModel {
  return class extends IdempotencyKeyModel {}.init(
    {
      accountId: { type: DataTypes.UUID, primaryKey: true },
      method: { type: DataTypes.TEXT, primaryKey: true },
      path: { type: DataTypes.TEXT, primaryKey: true },
      key: { type: DataTypes.TEXT, primaryKey: true },
      requestFingerprint: { type: DataTypes.TEXT, allowNull: false },
      imageId: { type: DataTypes.UUID, allowNull: true },
      createdAt: { type: DataTypes.DATE(3), allowNull: false, defaultValue: DataTypes.NOW },
    },
    { sequelize, tableName: 'idempotency_keys', modelName: 'IdempotencyKey' },
  );
}
