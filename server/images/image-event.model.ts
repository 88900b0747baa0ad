import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize';

/** One change of one image, for whoever listens; kept for 24 hours. */
export class ImageEventModel extends Model<InferAttributes<ImageEventModel>, InferCreationAttributes<ImageEventModel>> {
  declare id: CreationOptional<number>;
  declare ownerId: string;
  declare imageId: string;
  declare deleted: CreationOptional<boolean>;
  declare createdAt: CreationOptional<Date>;
}

export function defineImageEvent(sequelize: Sequelize): typeof ImageEventModel {
  return class extends ImageEventModel {}.init(
    {
      id: { type: DataTypes.BIGINT, primaryKey: true, autoIncrement: true },
      ownerId: { type: DataTypes.UUID, allowNull: false },
      imageId: { type: DataTypes.UUID, allowNull: false },
      deleted: { type: DataTypes.BOOLEAN, allowNull: false, defaultValue: false },
      createdAt: { type: DataTypes.DATE(3), allowNull: false, defaultValue: DataTypes.NOW },
    },
    { sequelize, tableName: 'image_events', modelName: 'ImageEvent' },
  );
}
