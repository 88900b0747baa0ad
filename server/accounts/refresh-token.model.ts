import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize';

/** A refresh token that was given out. Its `id` is the token's `jti`; a family is what one login grew into. */
export class RefreshTokenModel extends Model<
  InferAttributes<RefreshTokenModel>,
  InferCreationAttributes<RefreshTokenModel>
> {
  declare id: string;
  declare familyId: string;
  declare accountId: string;
  declare usedAt: CreationOptional<Date | null>;
  declare revokedAt: CreationOptional<Date | null>;
  declare expiresAt: Date;
  /** The token has the claim `fam`: its row is not needed any more some time after it was used. */
  declare namesFamily: CreationOptional<boolean>;
  declare createdAt: CreationOptional<Date>;
}

export function defineRefreshToken(sequelize: Sequelize): typeof RefreshTokenModel {
  return class extends RefreshTokenModel {}.init(
    {
      id: { type: DataTypes.UUID, primaryKey: true },
      familyId: { type: DataTypes.UUID, allowNull: false },
      accountId: { type: DataTypes.UUID, allowNull: false },
      usedAt: { type: DataTypes.DATE(3), allowNull: true },
      revokedAt: { type: DataTypes.DATE(3), allowNull: true },
      expiresAt: { type: DataTypes.DATE(3), allowNull: false },
      namesFamily: { type: DataTypes.BOOLEAN, allowNull: false, defaultValue: false },
      createdAt: { type: DataTypes.DATE(3), allowNull: false, defaultValue: DataTypes.NOW },
    },
    { sequelize, tableName: 'refresh_tokens', modelName: 'RefreshToken' },
  );
}
