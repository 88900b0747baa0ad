import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize';

export type JobState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled';

/** Long work. `cursor` is where a restart goes on; `leaseUntil` is moved on by whoever does it. */
export class JobModel extends Model<InferAttributes<JobModel>, InferCreationAttributes<JobModel>> {
  declare id: string;
  declare kind: string;
  declare payload: CreationOptional<Record<string, unknown>>;
  declare state: CreationOptional<JobState>;
  declare cursor: CreationOptional<unknown>;
  declare progressDone: CreationOptional<number>;
  declare progressTotal: CreationOptional<number | null>;
  declare failure: CreationOptional<string | null>;
  declare attempts: CreationOptional<number>;
  declare runAt: CreationOptional<Date>;
  declare leaseUntil: CreationOptional<Date | null>;
  /** Who holds the lease: a worker that lost it writes nothing more. */
  declare leaseToken: CreationOptional<string | null>;
  /** At most one job of a kind waits with the same key. */
  declare dedupeKey: CreationOptional<string | null>;
  declare createdBy: CreationOptional<string | null>;
  declare createdAt: CreationOptional<Date>;
  declare startedAt: CreationOptional<Date | null>;
  declare finishedAt: CreationOptional<Date | null>;
}

export function defineJob(sequelize: Sequelize): typeof JobModel {
  return class extends JobModel {}.init(
    {
      id: { type: DataTypes.UUID, primaryKey: true },
      kind: { type: DataTypes.TEXT, allowNull: false },
      payload: { type: DataTypes.JSONB, allowNull: false, defaultValue: {} },
      state: { type: DataTypes.TEXT, allowNull: false, defaultValue: 'queued' },
      cursor: { type: DataTypes.JSONB, allowNull: true },
      progressDone: { type: DataTypes.BIGINT, allowNull: false, defaultValue: 0 },
      progressTotal: { type: DataTypes.BIGINT, allowNull: true },
      failure: { type: DataTypes.TEXT, allowNull: true },
      attempts: { type: DataTypes.INTEGER, allowNull: false, defaultValue: 0 },
      runAt: { type: DataTypes.DATE(3), allowNull: false, defaultValue: DataTypes.NOW },
      leaseUntil: { type: DataTypes.DATE(3), allowNull: true },
      leaseToken: { type: DataTypes.UUID, allowNull: true },
      dedupeKey: { type: DataTypes.TEXT, allowNull: true },
      createdBy: { type: DataTypes.UUID, allowNull: true },
      createdAt: { type: DataTypes.DATE(3), allowNull: false, defaultValue: DataTypes.NOW },
      startedAt: { type: DataTypes.DATE(3), allowNull: true },
      finishedAt: { type: DataTypes.DATE(3), allowNull: true },
    },
    { sequelize, tableName: 'jobs', modelName: 'Job' },
  );
}
