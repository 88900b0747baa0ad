import type { Sequelize, Transaction } from 'sequelize';
import { SequelizeStorage, Umzug } from 'umzug';
import { takeAdvisoryLock } from './advisory-locks.ts';
import type { Migration } from './migration.ts';
import { migrations as allMigrations } from './migrations/index.ts';

/**
 * Brings the database to the newest version and answers with the names of what it ran. Each migration is one
 * transaction; two processes that start at once take turns.
 */
export async function migrate(
  sequelize: Sequelize,
  migrations: readonly Migration[] = allMigrations,
): Promise<string[]> {
  return sequelize.transaction(async (turn) => {
    await takeAdvisoryLock(sequelize, 'migrations', turn);
    const ran = await createUmzug(sequelize, migrations).up();
    return ran.map((migration) => migration.name);
  });
}

export function createUmzug(sequelize: Sequelize, migrations: readonly Migration[] = allMigrations) {
  const inTransaction = (work: (run: (sql: string) => Promise<void>) => Promise<void>) => () =>
    sequelize.transaction(async (transaction: Transaction) => {
      await work(async (sql) => {
        await sequelize.query(sql, { transaction });
      });
    });
  return new Umzug({
    migrations: migrations.map((migration) => ({
      name: migration.name,
      up: inTransaction(migration.up),
      down: inTransaction(migration.down),
    })),
    storage: new SequelizeStorage({ sequelize, modelName: 'Migration', tableName: 'migrations' }),
    logger: undefined,
  });
}
