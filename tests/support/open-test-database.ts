import { createSequelize } from '../../server/db/sequelize.ts';
import { createModels, type Database } from '../../server/models.ts';
import { createTestDatabase } from './create-test-database.ts';

export interface OpenTestDatabase extends Database {
  url: string;
  /** The same database as another server sees it, with a pool of its own. */
  another(): Database;
  close(): Promise<void>;
}

/** A migrated database of its own, with models. */
export async function openTestDatabase(): Promise<OpenTestDatabase> {
  const { url, drop } = await createTestDatabase();
  const opened: Database[] = [];
  const open = (): Database => {
    const sequelize = createSequelize({ url });
    const database = { sequelize, models: createModels(sequelize) };
    opened.push(database);
    return database;
  };
  return {
    ...open(),
    url,
    another: open,
    async close() {
      await Promise.all(opened.map(({ sequelize }) => sequelize.close()));
      await drop();
    },
  };
}
