import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Sequelize } from 'sequelize';

/** The figures of this process, in a registry of its own: those that every process has, to begin with. */
export function createRegistry(sequelize: Sequelize): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'darkroom_database_connections',
    help: 'Connections of the pool, and requests that wait for one.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      for (const [state, count] of Object.entries(poolOf(sequelize))) this.set({ state }, count);
    },
  });
  return registry;
}

/** The types of Sequelize do not tell of its pool. */
function poolOf(sequelize: Sequelize): Record<string, number> {
  const { connectionManager } = sequelize as Sequelize & {
    connectionManager: { pool?: { using: number; available: number; waiting: number } };
  };
  const { using = 0, available = 0, waiting = 0 } = connectionManager.pool ?? {};
  return { using, available, waiting };
}
