import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize';

/** What changed: from what to what, by field. Never a secret. */
export type AuditChanges = Record<string, { from?: unknown; to?: unknown }>;

/** One line of the log; the database refuses to change or delete it. */
export class AuditEntryModel extends Model<InferAttributes<AuditEntryModel>, InferCreationAttributes<AuditEntryModel>> {
  declare id: string;
  declare at: CreationOptional<Date>;
  declare actorId: CreationOptional<string | null>;
  declare actorName: CreationOptional<string>;
  declare action: string;
  declare resource: CreationOptional<string>;
  declare recordId: CreationOptional<string>;
  declare recordTitle: CreationOptional<string>;
  declare changes: CreationOptional<AuditChanges>;
  declare address: CreationOptional<string>;
  declare requestId: CreationOptional<string>;
}

export function defineAuditEntry(sequelize: Sequelize): typeof AuditEntryModel {
  return class extends AuditEntryModel {}.init(
    {
      id: { type: DataTypes.UUID, primaryKey: true },
      at: { type: DataTypes.DATE(3), allowNull: false, defaultValue: DataTypes.NOW },
      actorId: { type: DataTypes.UUID, allowNull: true },
      actorName: { type: DataTypes.TEXT, allowNull: false, defaultValue: '' },
      action: { type: DataTypes.TEXT, allowNull: false },
      resource: { type: DataTypes.TEXT, allowNull: false, defaultValue: '' },
      recordId: { type: DataTypes.TEXT, allowNull: false, defaultValue: '' },
      recordTitle: { type: DataTypes.TEXT, allowNull: false, defaultValue: '' },
      changes: { type: DataTypes.JSONB, allowNull: false, defaultValue: {} },
      address: { type: DataTypes.TEXT, allowNull: false, defaultValue: '' },
      requestId: { type: DataTypes.TEXT, allowNull: false, defaultValue: '' },
    },
    { sequelize, tableName: 'audit_entries', modelName: 'AuditEntry' },
  );
}
