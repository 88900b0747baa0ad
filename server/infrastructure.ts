import type { Sequelize } from 'sequelize';
import type { ObjectStore } from '../core/storage/object-store.ts';
import type { StoreRefusal } from '../core/storage/refusals.ts';
import type { Config } from './config.ts';
import { createSequelize } from './db/sequelize.ts';
import type { Secrets } from './embedded/secrets.ts';
import { createModels, type Database } from './models.ts';
import { openStore } from './open-store.ts';

export interface InfrastructureDeps {
  config: Config;
  secrets: Secrets;
  /** Of the database in use, embedded or not; migrated already. */
  databaseUrl: string;
  /** Connections of this process. */
  poolSize: number;
}

export interface Infrastructure {
  database: Database;
  sequelize: Sequelize;
  store: ObjectStore;
  /** What the store refuses this process. */
  refusals(): StoreRefusal[];
  /** Tries everything that the service does with a store. Throws StoreLacks, which names what does not work. */
  probe(): Promise<void>;
  close(): Promise<void>;
}

/** Database and object store: what every process of a server has of its own. */
export async function openInfrastructure(deps: InfrastructureDeps): Promise<Infrastructure> {
  const { config, databaseUrl, poolSize } = deps;
  const preparedStatements = config.databasePreparedStatements;
  const sequelize = createSequelize({ url: databaseUrl, poolSize, preparedStatements });
  const { store, refusals, probe } = await openStore(deps);
  return {
    database: { sequelize, models: createModels(sequelize) },
    sequelize,
    store,
    refusals,
    probe,
    close: async () => {
      await store.close();
      await sequelize.close();
    },
  };
}
