import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { Front } from './front.ts';
import { listen } from './http/listen.ts';
import { addDraining, type Shutdown } from './process/shutdown.ts';

export interface StartAloneDeps {
  config: Config;
  logger: Logger;
  shutdown: Shutdown;
}

/** A server that is one process. */
export async function startAlone({ config, logger, shutdown }: StartAloneDeps): Promise<Front> {
  const { host, port, uploadTimeoutSeconds, drainSeconds } = config;
  const { stopping } = shutdown;
  const { server, serve } = await listen({ host, port, uploadTimeoutSeconds, stopping });
  shutdown.add('port', async () => {
    server.close();
    server.closeAllConnections();
  });
  // Most of the code is read after listening, and while the database starts.
  const importing = import('./container.ts');
  importing.catch(() => {});

  return {
    async serve({ databaseUrl, secrets }) {
      const { createContainer } = await importing;
      const closing = new AbortController();
      const container = await createContainer({
        config,
        secrets,
        databaseUrl,
        logger,
        stopping,
        closing: closing.signal,
      });
      shutdown.add('service', () => container.close());
      await container.start();
      void container.warmUp();
      stopping.throwIfAborted();
      // Last, so that nothing can fail between making the admin's password up and telling it.
      const firstAdmin = await container.firstStart();
      serve(container.app);
      addDraining(shutdown, { server, drainSeconds, closing });
      return firstAdmin;
    },
  };
}
