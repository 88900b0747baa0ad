import pg from 'pg';
import { Sequelize } from 'sequelize';
import { withoutPreparedStatements } from './statement.ts';

// bigint columns hold bytes and counters, all far below 2^53.
pg.defaults.parseInt8 = true;

export interface DatabaseOptions {
  url: string;
  poolSize?: number;
  applicationName?: string;
  preparedStatements?: boolean;
}

/**
 * The connection pool. A database that does not answer is an error within five seconds, a statement that hangs within
 * thirty, so that a request never waits for ever.
 */
export function createSequelize({
  url,
  poolSize = 10,
  applicationName = 'darkroom',
  preparedStatements = true,
}: DatabaseOptions): Sequelize {
  const sequelize = new Sequelize(url, {
    dialect: 'postgres',
    dialectModule: pg,
    logging: false,
    timezone: '+00:00',
    pool: { max: poolSize, min: 0, acquire: 5_000, idle: 30_000, evict: 5_000 },
    dialectOptions: {
      application_name: applicationName,
      connectionTimeoutMillis: 4_000,
      statement_timeout: 30_000,
      query_timeout: 35_000,
      idle_in_transaction_session_timeout: 60_000,
      keepAlive: true,
    },
    define: { underscored: true, timestamps: false },
  });
  if (!preparedStatements) withoutPreparedStatements(sequelize);
  return sequelize;
}
