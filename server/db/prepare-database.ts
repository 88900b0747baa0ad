import { type AwaitDatabaseOptions, awaitDatabase } from './await-database.ts';
import { migrate } from './migrate.ts';
import { createSequelize } from './sequelize.ts';

/** Waits for the database and brings it to this version. A StartupError tells why that cannot be. */
export async function prepareDatabase(options: AwaitDatabaseOptions): Promise<void> {
  await awaitDatabase(options);
  const sequelize = createSequelize({ url: options.url });
  try {
    await migrate(sequelize);
  } finally {
    await sequelize.close();
  }
}
