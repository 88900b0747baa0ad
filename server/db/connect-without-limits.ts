import pg from 'pg';

/** A connection of its own, for work that may take hours. Whoever gets it ends it. */
export async function connectWithoutLimits(url: string, applicationName: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    application_name: applicationName,
    connectionTimeoutMillis: 4_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  });
  client.on('error', () => {});
  await client.connect();
  try {
    // A role or a database can have limits of its own.
    await client.query('SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET lock_timeout = 0');
    // PostgreSQL notices that the program was killed, and lets go what it held. Not on every system that it runs on.
    await client.query(`SET client_connection_check_interval = '1s'`).catch(() => {});
    return client;
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }
}
