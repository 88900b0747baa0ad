import type { Logger } from 'pino';
import { createBackground, type RunningBackground } from './background.ts';
import type { Config } from './config.ts';
import type { Secrets } from './embedded/secrets.ts';
import { openInfrastructure } from './infrastructure.ts';
import { createRegistry } from './monitoring/registry.ts';
import { createService, type Service } from './service.ts';

export interface ContainerDeps {
  config: Config;
  secrets: Secrets;
  /** Of the database in use, embedded or not; migrated already. */
  databaseUrl: string;
  logger: Logger;
  /** Aborted when the server begins to stop: it is not ready any more. */
  stopping: AbortSignal;
  /** Aborted when it takes no more requests: streams of events end, so that they hold nobody up. */
  closing: AbortSignal;
}

export interface Container extends Pick<Service, 'app' | 'useCases' | 'warmUp'>, Pick<RunningBackground, 'firstStart'> {
  /** Starts what works in the background: function, sweep, jobs, events. A StartupError when the parts do not match. */
  start(): Promise<void>;
  /** Ends it, finishing what runs; then closes the database pool. */
  close(): Promise<void>;
}

/** A whole server in one process. `server/workers` wires the same parts in several. */
export async function createContainer(deps: ContainerDeps): Promise<Container> {
  const { config } = deps;
  const infrastructure = await openInfrastructure({ ...deps, poolSize: config.databasePoolSize });
  const registry = createRegistry(infrastructure.sequelize);
  const background = await createBackground({ ...deps, infrastructure, registry });
  const service = createService({
    ...deps,
    infrastructure,
    background,
    registry,
    readMetrics: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  });
  return {
    app: service.app,
    useCases: service.useCases,
    warmUp: service.warmUp,
    firstStart: background.firstStart,
    start: async () => {
      await background.start();
      service.start();
    },
    close: async () => {
      await Promise.all([background.stop(), service.close()]);
      await background.closeFunction();
      await infrastructure.close();
    },
  };
}
