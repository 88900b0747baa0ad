import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize';

/** One `Idempotency-Key` of one account. `leaseUntil` is set while the first request runs. */
export class IdempotencyKeyModel extends Model<
  InferAttributes<IdempotencyKeyModel>,
  InferCreationAttributes<IdempotencyKeyModel>
> {
  declare accountId: string;
  declare method: string;
  declare path: string;
  declare key: string;
  declare requestFingerprint: string;
  declare bodySha256: CreationOptional<string | null>;
  declare imageId: CreationOptional<string | null>;
  declare leaseUntil: CreationOptional<Date | null>;
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
      bodySha256: { type: DataTypes.TEXT, allowNull: true },
      imageId: { type: DataTypes.UUID, allowNull: true },
      leaseUntil: { type: DataTypes.DATE(3), allowNull: true },
      createdAt: { type: DataTypes.DATE(3), allowNull: false, defaultValue: DataTypes.NOW },
    },
    { sequelize, tableName: 'idempotency_keys', modelName: 'IdempotencyKey' },
  );
}
