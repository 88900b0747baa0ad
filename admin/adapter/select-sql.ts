import { literal, type ModelStatic, type Sequelize, Utils, type WhereOptions } from 'sequelize';
import type { AnyModel } from './panel-definition.ts';

interface Selected {
  /** SQL, and what it is called. */
  columns: readonly (readonly [sql: string, name: string])[];
  where: WhereOptions;
  group?: string;
}

/** The statement that `findAll` would send, to stand inside another one. */
export function selectSql(model: ModelStatic<AnyModel>, { columns, where, group }: Selected): string {
  const { queryGenerator } = (model.sequelize as Sequelize).getQueryInterface();
  const options = {
    attributes: columns.map(([sql, name]) => [literal(sql), name]),
    ...Utils.mapOptionFieldNames({ where }, model),
    ...(group && { group: literal(group) }),
  };
  // Its types do not tell of it.
  const sql = (queryGenerator as QueryGenerator).selectQuery(model.getTableName(), options, model);
  return sql.replace(/;$/, '');
}

interface QueryGenerator {
  selectQuery(table: unknown, options: object, model: ModelStatic<AnyModel>): string;
}
