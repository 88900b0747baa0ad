import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { Front } from '../front.ts';
import { maxDrainMilliseconds, type Shutdown } from '../process/shutdown.ts';
import { createCrew } from './crew.ts';
import { poolSizes } from './pool-sizes.ts';

export interface StartWithWorkersDeps {
  /** The program of a worker. */
  workerFile: string;
  config: Config;
  logger: Logger;
  shutdown: Shutdown;
}

/** A server whose requests are answered by other processes. This one does what must be done once. */
export async function startWithWorkers({ workerFile, config, logger, shutdown }: StartWithWorkersDeps): Promise<Front> {
  const { stopping, hurry } = shutdown;
  const crew = createCrew({ file: workerFile, config, logger, stopping });
  const stopCrew = () => crew.stop(hurry);
  const maxStopMilliseconds = maxDrainMilliseconds(config.drainSeconds) + 60_000;
  shutdown.add('worker processes', stopCrew, maxStopMilliseconds);
  const importing = Promise.all([
    import('../infrastructure.ts'),
    import('../background.ts'),
    import('../monitoring/registry.ts'),
  ]);
  importing.catch(() => {});
  await crew.listen();

  return {
    async serve({ databaseUrl, secrets }) {
      const [{ openInfrastructure }, { createBackground }, { createRegistry }] = await importing;
      const poolSize = poolSizes(config).primary;
      const infrastructure = await openInfrastructure({ config, secrets, databaseUrl, poolSize });
      const registry = createRegistry(infrastructure.sequelize);
      const background = await createBackground({
        config,
        secrets,
        infrastructure,
        registry,
        refusalsOfOthers: crew.storeRefusals,
        logger,
        stopping,
      });
      shutdown.add('service', async () => {
        await background.stop();
        await background.closeFunction();
        await infrastructure.close();
      });
      // Before the work in the background: until the last request is answered, the workers need it.
      shutdown.add('worker processes', stopCrew, maxStopMilliseconds);
      await background.start();
      await crew.prepare({ secrets, databaseUrl, background, registry });
      stopping.throwIfAborted();
      // Last, so that nothing can fail between making the admin's password up and telling it.
      const firstAdmin = await background.firstStart();
      await crew.serve();
      return firstAdmin;
    },
  };
}
