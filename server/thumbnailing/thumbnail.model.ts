import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize';
import type { ThumbnailFormat } from '../../core/contracts/tier.ts';

/** A thumbnail that is made. `format` is what the tier asked for; `contentType` is what the bytes are. */
export class ThumbnailModel extends Model<InferAttributes<ThumbnailModel>, InferCreationAttributes<ThumbnailModel>> {
  declare imageId: string;
  declare tierHeight: number;
  declare format: ThumbnailFormat;
  declare width: number;
  declare height: number;
  declare bytes: number;
  declare contentType: string;
  declare objectKey: string;
  declare createdAt: CreationOptional<Date>;
}

export function defineThumbnail(sequelize: Sequelize): typeof ThumbnailModel {
  return class extends ThumbnailModel {}.init(
    {
      imageId: { type: DataTypes.UUID, primaryKey: true },
      tierHeight: { type: DataTypes.INTEGER, primaryKey: true },
      format: { type: DataTypes.TEXT, primaryKey: true },
      width: { type: DataTypes.INTEGER, allowNull: false },
      height: { type: DataTypes.INTEGER, allowNull: false },
      bytes: { type: DataTypes.BIGINT, allowNull: false },
      contentType: { type: DataTypes.TEXT, allowNull: false },
      objectKey: { type: DataTypes.TEXT, allowNull: false },
      createdAt: { type: DataTypes.DATE(3), allowNull: false, defaultValue: DataTypes.NOW },
    },
    { sequelize, tableName: 'thumbnails', modelName: 'Thumbnail' },
  );
}
