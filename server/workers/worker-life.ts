import type { Registry } from 'prom-client';
import { unionRefusals } from '../../core/storage/refusals.ts';
import type { Background } from '../background.ts';
import type { Config } from '../config.ts';
import { type Listening, listen } from '../http/listen.ts';
import { messageFor } from '../message-for.ts';
import { createLogger } from '../process/logger.ts';
import { endOnUncaught } from '../process/run-program.ts';
import { addDraining, createShutdown } from '../process/shutdown.ts';
import type { Service } from '../service.ts';
import { channelToPrimary } from './channel.ts';
import type { BackgroundStatus, Fault, ProcessMetrics, ToWorker, WorkerDuties } from './messages.ts';
import { poolSizes } from './pool-sizes.ts';

type Life = ReturnType<typeof createLife>;

/**
 * The life of a process that answers requests, step by step as the primary process asks for it. The signals of a terminal
 * or a service manager, which may reach all processes, are for the primary alone.
 */
export function liveAsWorker(): void {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => {});
  let life: Life | undefined;
  const begun = (): Life => {
    if (!life) throw new Error('begin comes first');
    return life;
  };
  const primary = channelToPrimary({
    begin: ({ config, opensPort }) => {
      life = createLife(config, () => primary);
      return inWords(opensPort ? life.openPort() : Promise.resolve());
    },
    prepare: (duties) => inWords(begun().prepare(duties)),
    serve: () => inWords(begun().serve()),
    tellStatus: (status) => begun().takeStatus(status),
    metrics: () => begun().metrics(),
    stop: () => (life ? life.stop() : process.exit()),
    hurry: () => (life ? life.stop() : process.exit()),
  } satisfies ToWorker);
  void primary.ready.asEvent();
}

function createLife(config: Config, primary: () => ReturnType<typeof channelToPrimary>) {
  const { host, port, uploadTimeoutSeconds, drainSeconds } = config;
  const logger = createLogger({ level: config.logLevel, stream: process.stdout });
  const shutdown = createShutdown({ logger });
  endOnUncaught(shutdown, logger);
  const { stopping } = shutdown;
  const closing = new AbortController();
  let listening: Listening | undefined;
  let service: Service | undefined;
  let registry: Registry | undefined;
  let status: BackgroundStatus | undefined;
  let ownRefusals: () => ReturnType<ToWorker['tellStatus']> = () => [];

  function known(): BackgroundStatus {
    if (!status) throw new Error('nothing is known of the background yet');
    return status;
  }

  const background: Background = {
    invoke: (request) => primary().invoke(request),
    onResult: (result) => primary().onResult(result),
    functionHealth: () => known().functionHealth,
    sweepStatus: () => known().sweepStatus,
    storeRefusals: () => unionRefusals([known().storeRefusals, ownRefusals()]),
    wakeJobs: () => void primary().wakeJobs.asEvent(),
    wakeForTombstones: () => void primary().wakeForTombstones.asEvent(),
  };

  async function openPort(): Promise<Listening> {
    listening = await listen({ host, port, uploadTimeoutSeconds, stopping });
    const { server } = listening;
    shutdown.add('port', async () => {
      server.close();
      server.closeAllConnections();
    });
    return listening;
  }

  async function prepare({ secrets, databaseUrl, status: first }: WorkerDuties): Promise<void> {
    status = first;
    const [{ openInfrastructure }, { createRegistry }, { createService }] = await Promise.all([
      import('../infrastructure.ts'),
      import('../monitoring/registry.ts'),
      import('../service.ts'),
    ]);
    const infrastructure = await openInfrastructure({
      config,
      secrets,
      databaseUrl,
      poolSize: poolSizes(config).worker,
    });
    ownRefusals = infrastructure.refusals;
    registry = createRegistry(infrastructure.sequelize);
    service = createService({
      config,
      secrets,
      infrastructure,
      databaseUrl,
      background,
      registry,
      readMetrics: () => primary().readMetrics(),
      logger,
      stopping,
      closing: closing.signal,
    });
    const { close } = service;
    shutdown.add('service', async () => {
      await close();
      await infrastructure.close();
    });
    service.start();
  }

  return {
    openPort: () => during(openPort()),
    prepare: (duties: WorkerDuties) => during(prepare(duties)),
    async serve(): Promise<void> {
      if (!service) throw new Error('prepare comes first');
      const { server, serve } = listening ?? (await during(openPort()));
      serve(service.app);
      addDraining(shutdown, { server, drainSeconds, closing });
    },
    takeStatus(next: BackgroundStatus) {
      status = next;
      return ownRefusals();
    },
    metrics: async (): Promise<ProcessMetrics> => ((await registry?.getMetricsAsJSON()) ?? []) as ProcessMetrics,
    /** Called again, it hurries. */
    stop: () => void shutdown.run(null).then(() => process.exit()),
  };

  /** A stop in the middle waits until what was being opened can be closed. */
  function during<T>(work: Promise<T>): Promise<T> {
    shutdown.after(work);
    return work;
  }
}

async function inWords(work: Promise<unknown>): Promise<Fault> {
  try {
    await work;
    return { fault: null };
  } catch (error) {
    return { fault: messageFor(error) };
  }
}
