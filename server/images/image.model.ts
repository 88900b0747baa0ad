import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type NonAttribute,
  type Sequelize,
} from 'sequelize';
import type { ImageWarning } from '../../core/thumbnails/thumbnail-result.ts';
import type { AccountModel } from '../accounts/account.model.ts';
import type { ThumbnailModel } from '../thumbnailing/thumbnail.model.ts';

export const imageStates = ['uploading', 'stored'] as const;
export type ImageState = (typeof imageStates)[number];
export type ImageStatus = 'processing' | 'ready' | 'failed';

export class ImageModel extends Model<InferAttributes<ImageModel>, InferCreationAttributes<ImageModel>> {
  declare id: string;
  declare ownerId: string;
  declare name: string;
  /** `uploading` rows claim the name and the quota, and are seen by nobody. */
  declare state: CreationOptional<ImageState>;
  declare objectKey: string;
  declare contentType: CreationOptional<string | null>;
  declare bytes: CreationOptional<number | null>;
  declare reservedBytes: CreationOptional<number>;
  /** Pixels as a person sees it, after EXIF orientation. */
  declare width: CreationOptional<number | null>;
  declare height: CreationOptional<number | null>;
  declare sha256: CreationOptional<string | null>;
  /** Settles once. */
  declare status: CreationOptional<ImageStatus>;
  declare failureCode: CreationOptional<string | null>;
  declare failureMessage: CreationOptional<string | null>;
  declare warnings: CreationOptional<ImageWarning[]>;
  declare placeholder: CreationOptional<string | null>;
  /** Until when the upload counts as alive; the process that receives it moves this on. */
  declare uploadLeaseUntil: CreationOptional<Date | null>;
  /** When the sweep is to ask for thumbnails again; null when nothing is missing. */
  declare workDueAt: CreationOptional<Date | null>;
  declare attempts: CreationOptional<number>;
  declare crashCount: CreationOptional<number>;
  /** Thumbnails and verdicts that were made before this moment are to be made anew (a retry, a reprocess). */
  declare staleBefore: CreationOptional<Date | null>;
  declare version: CreationOptional<number>;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;

  declare owner?: NonAttribute<AccountModel>;
  declare thumbnails?: NonAttribute<ThumbnailModel[]>;
}

export function defineImage(sequelize: Sequelize): typeof ImageModel {
  return class extends ImageModel {}.init(
    {
      id: { type: DataTypes.UUID, primaryKey: true },
      ownerId: { type: DataTypes.UUID, allowNull: false },
      name: { type: DataTypes.TEXT, allowNull: false },
      state: { type: DataTypes.TEXT, allowNull: false, defaultValue: 'uploading' },
      objectKey: { type: DataTypes.TEXT, allowNull: false },
      contentType: { type: DataTypes.TEXT, allowNull: true },
      bytes: { type: DataTypes.BIGINT, allowNull: true },
      reservedBytes: { type: DataTypes.BIGINT, allowNull: false, defaultValue: 0 },
      width: { type: DataTypes.INTEGER, allowNull: true },
      height: { type: DataTypes.INTEGER, allowNull: true },
      sha256: { type: DataTypes.TEXT, allowNull: true },
      status: { type: DataTypes.TEXT, allowNull: false, defaultValue: 'processing' },
      failureCode: { type: DataTypes.TEXT, allowNull: true },
      failureMessage: { type: DataTypes.TEXT, allowNull: true },
      warnings: { type: DataTypes.ARRAY(DataTypes.TEXT), allowNull: false, defaultValue: [] },
      placeholder: { type: DataTypes.TEXT, allowNull: true },
      uploadLeaseUntil: { type: DataTypes.DATE(3), allowNull: true },
      workDueAt: { type: DataTypes.DATE(3), allowNull: true },
      attempts: { type: DataTypes.INTEGER, allowNull: false, defaultValue: 0 },
      crashCount: { type: DataTypes.INTEGER, allowNull: false, defaultValue: 0 },
      staleBefore: { type: DataTypes.DATE(3), allowNull: true },
      version: { type: DataTypes.INTEGER, allowNull: false, defaultValue: 1 },
      createdAt: { type: DataTypes.DATE(3), allowNull: false, defaultValue: DataTypes.NOW },
      updatedAt: { type: DataTypes.DATE(3), allowNull: false, defaultValue: DataTypes.NOW },
    },
    { sequelize, tableName: 'images', modelName: 'Image' },
  );
}
