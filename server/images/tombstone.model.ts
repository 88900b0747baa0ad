import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize';

/** What is left of a deleted image: the sweep deletes the objects below its key, late thumbnails too. */
export class TombstoneModel extends Model<InferAttributes<TombstoneModel>, InferCreationAttributes<TombstoneModel>> {
  declare objectKey: string;
  declare imageId: string;
  declare deletedAt: CreationOptional<Date>;
  declare sweepDueAt: CreationOptional<Date>;
  declare sweeps: CreationOptional<number>;
}

export function defineTombstone(sequelize: Sequelize): typeof TombstoneModel {
  return class extends TombstoneModel {}.init(
    {
      objectKey: { type: DataTypes.TEXT, primaryKey: true },
      imageId: { type: DataTypes.UUID, allowNull: false },
      deletedAt: { type: DataTypes.DATE(3), allowNull: false, defaultValue: DataTypes.NOW },
      sweepDueAt: { type: DataTypes.DATE(3), allowNull: false, defaultValue: DataTypes.NOW },
      sweeps: { type: DataTypes.INTEGER, allowNull: false, defaultValue: 0 },
    },
    { sequelize, tableName: 'tombstones', modelName: 'Tombstone' },
  );
}
