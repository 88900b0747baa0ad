import cluster, { type Worker } from 'node:cluster';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { type StoreRefusal, unionRefusals } from '../../core/storage/refusals.ts';
import type { Background } from '../background.ts';
import type { Config } from '../config.ts';
import type { Secrets } from '../embedded/secrets.ts';
import { StartupError } from '../process/startup-error.ts';
import { channelToWorker, type WorkerChannel } from './channel.ts';
import { closeLostConnections } from './lost-connections.ts';
import { type Fault, type ProcessMetrics, statusOf } from './messages.ts';
import { createMetricsSum } from './metrics-sum.ts';

export interface CrewOptions {
  /** The program of a worker. */
  file: string;
  config: Config;
  logger: Logger;
  /** A worker that does not serve yet when this aborts has nothing to drain: it is ended at once. */
  stopping: AbortSignal;
}

export interface CrewDuties {
  secrets: Secrets;
  databaseUrl: string;
  background: Background;
  /** Of the primary process. */
  registry: Registry;
}

export interface Crew {
  /** Starts the first worker, which opens the port. A StartupError when that is not possible. */
  listen(): Promise<void>;
  /** Makes the first worker able to serve. A StartupError when that is not possible. */
  prepare(duties: CrewDuties): Promise<void>;
  /** From now on requests are answered, by as many workers as the settings say; one that ends is replaced. */
  serve(): Promise<void>;
  /** What the store refuses the workers. */
  storeRefusals(): StoreRefusal[];
  /** Tells all workers to drain, and resolves when none is left. */
  stop(hurry: AbortSignal): Promise<void>;
}

interface Member {
  worker: Worker;
  channel: WorkerChannel;
  refusals: StoreRefusal[];
  servesSince: number | null;
  /** It can be asked, or has ended. */
  ready: Promise<void>;
  ended: Promise<void>;
}

const tellEveryMilliseconds = 1_000;
/** One that served this long did not end because of its start. */
const settledMilliseconds = 10_000;
const maxPauseMilliseconds = 30_000;

/**
 * The processes that answer requests, as seen by the primary one, which started them. They share the port by node:cluster:
 * the primary has the listening socket and hands out its connections in turn. When it ends, however that comes, the port
 * is closed, and node:cluster ends the workers.
 */
export function createCrew({ file, config, logger, stopping: stopSignal }: CrewOptions): Crew {
  cluster.schedulingPolicy = cluster.SCHED_RR;
  cluster.setupPrimary({
    exec: file,
    args: [],
    execArgv: ['--enable-source-maps', ...process.execArgv],
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const members = new Set<Member>();
  const metrics = createMetricsSum();
  const replacing = new Set<NodeJS.Timeout>();
  let first: Member | undefined;
  let given: CrewDuties | undefined;
  let telling: NodeJS.Timeout | undefined;
  let stopping: Promise<void> | undefined;
  let shortLives = 0;

  stopSignal.addEventListener('abort', () => {
    for (const { worker, servesSince } of members) if (servesSince === null) worker.process.kill('SIGKILL');
  });

  function duties(): CrewDuties {
    if (!given) throw new Error('nothing works in the background yet');
    return given;
  }

  function fork(): Member {
    const worker = cluster.fork();
    closeLostConnections(worker.process);
    let whenReady = () => {};
    const ready = new Promise<void>((resolve) => {
      whenReady = resolve;
    });
    const channel = channelToWorker(worker, {
      ready: whenReady,
      invoke: (request) => duties().background.invoke(request),
      onResult: async (result) => void (await duties().background.onResult(result)),
      wakeJobs: () => duties().background.wakeJobs(),
      wakeForTombstones: () => duties().background.wakeForTombstones(),
      readMetrics: metrics.read,
    });
    const ended = new Promise<void>((resolve) => {
      const end = (how: string) => {
        if (!members.delete(member)) return;
        channel.$close();
        metrics.remove(channel);
        if (!stopSignal.aborted) whenEnded(member, how);
        whenReady();
        resolve();
      };
      worker.once('exit', (code, signal) => end(signal ?? `exit code ${code}`));
      worker.once('error', (error) => end(error.message));
    });
    const member: Member = { worker, channel, refusals: [], servesSince: null, ready, ended };
    members.add(member);
    return member;
  }

  function whenEnded({ worker, servesSince }: Member, how: string): void {
    logger.error({ worker: worker.process.pid, how }, 'a worker process ended');
    if (servesSince !== null) replaceLater(performance.now() - servesSince);
  }

  function replaceLater(livedMilliseconds: number): void {
    shortLives = livedMilliseconds < settledMilliseconds ? shortLives + 1 : 0;
    const pause = shortLives <= 1 ? 0 : Math.min(500 * 2 ** (shortLives - 2), maxPauseMilliseconds);
    const timer = setTimeout(() => {
      replacing.delete(timer);
      void hire();
    }, pause);
    replacing.add(timer);
  }

  /** One more worker; tried again, later each time, for as long as none can be had. */
  async function hire(): Promise<void> {
    if (stopSignal.aborted) return;
    const member = fork();
    try {
      await begin(member, { opensPort: false });
      await prepare(member);
      await serve(member);
    } catch (error) {
      if (stopSignal.aborted) return;
      logger.error({ err: error }, 'a worker process could not be started; trying again');
      member.worker.process.kill('SIGKILL');
      await member.ended;
      replaceLater(0);
    }
  }

  async function begin({ channel, ready }: Member, { opensPort }: { opensPort: boolean }): Promise<void> {
    await ready;
    await orThrow(channel.begin({ config, opensPort }));
  }

  async function prepare({ channel }: Member): Promise<void> {
    const { secrets, databaseUrl, background } = duties();
    await orThrow(channel.prepare({ secrets, databaseUrl, status: statusOf(background) }));
  }

  async function serve(member: Member): Promise<void> {
    await orThrow(member.channel.serve());
    member.servesSince = performance.now();
    metrics.add(member.channel);
    logger.info({ worker: member.worker.process.pid }, 'a worker process serves');
  }

  /** The next time only when the last is answered: what waits in a channel takes memory. */
  const isTold = new WeakSet<Member>();
  function tellAll(): void {
    const status = statusOf(duties().background);
    for (const member of members) {
      if (member.servesSince === null || isTold.has(member)) continue;
      isTold.add(member);
      member.channel.tellStatus(status).then(
        (refusals) => {
          member.refusals = refusals;
          isTold.delete(member);
        },
        () => {},
      );
    }
  }

  async function stop(hurry: AbortSignal): Promise<void> {
    clearInterval(telling);
    for (const timer of replacing) clearTimeout(timer);
    const hurryAll = () => {
      for (const { channel } of members) void channel.hurry.asEvent();
    };
    for (const { channel } of members) void channel.stop.asEvent();
    if (hurry.aborted) hurryAll();
    hurry.addEventListener('abort', hurryAll, { once: true });
    await Promise.all([...members].map(({ ended }) => ended));
  }

  return {
    listen: async () => {
      first = fork();
      await begin(first, { opensPort: true });
    },
    prepare: async (input) => {
      given = input;
      const { registry } = input;
      metrics.add({ metrics: async () => (await registry.getMetricsAsJSON()) as ProcessMetrics });
      if (first) await prepare(first);
    },
    serve: async () => {
      // The admin's new password is known by now, and must be shown: a worker that ends here is replaced as any other.
      if (first) await serve(first).catch(() => replaceLater(0));
      telling = setInterval(tellAll, tellEveryMilliseconds);
      telling.unref();
      for (let count = 1; count < config.workers; count += 1) void hire();
    },
    storeRefusals: () => unionRefusals([...members].map(({ refusals }) => refusals)),
    stop: (hurry) => {
      stopping ??= stop(hurry);
      return stopping;
    },
  };
}

async function orThrow(answer: Promise<Fault>): Promise<void> {
  const { fault } = await answer.catch(() => ({ fault: 'A worker process ended while it started. The log says why.' }));
  if (fault !== null) throw new StartupError(fault);
}
