import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { writeFileDurably } from '../process/durable-file.ts';
import { StartupError } from '../process/startup-error.ts';
import { findPostgresBinaries } from './postgres/binaries.ts';
import { createCluster, runAlone, serverSettings } from './postgres/cluster.ts';
import {
  type Credentials,
  choosePort,
  connectionUrl,
  ensureDatabase,
  loadCredentials,
  replaceCredentials,
  setPasswords,
} from './postgres/connection.ts';
import { disarmStalePidFile, runningPostmaster, servesFolder, stopPostmaster } from './postgres/postmaster.ts';
import { chooseUnprivileged, type RunAs } from './postgres/unprivileged.ts';

export interface EmbeddedPostgresOptions {
  /** Where all of it lives; made, mode 700, if it is not there. One process at a time may use it (see the folder's lock). */
  directory: string;
  logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Used when the port of the last start is unknown or taken, and this one is free. */
  portHint?: number;
  /** Off only for databases that are thrown away: a power cut may destroy it. */
  durable?: boolean;
  /** Forces one way of not being root. */
  runAs?: RunAs;
}

export interface EmbeddedPostgres {
  /** Of the database `darkroom`, as its owner, who is no superuser. */
  url: string;
  /** Of the database `postgres`, as superuser. */
  superuserUrl: string;
  port: number;
  pid: number;
  /** Resolves when no process of it is left and everything is on disk. */
  stop(): Promise<void>;
}

const superviseEveryMilliseconds = 1_000;
/** Between starts that fail: 2, 4, 8 … seconds. */
const maxRestartPauseMilliseconds = 60_000;

/**
 * Starts the PostgreSQL of `directory`, making it at the first start. One that lives on after this program was killed
 * is used again. It is started anew when it dies. Rejects with StartupError, which says what to do.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { directory, logger, durable = true } = options;
  const cluster = join(directory, 'cluster');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const binaries = await findPostgresBinaries(join(directory, 'libraries'));
  const way = await chooseUnprivileged(binaries, directory, options.runAs);
  const credentials = await loadCredentials(directory);
  await createCluster(way, directory, credentials.superuserPassword);
  const settings = serverSettings(way.version, durable);

  async function launch(port: number): Promise<number> {
    await disarmStalePidFile(cluster);
    await way.own(cluster);
    const log = await openLog(join(directory, 'postgres.log'));
    const {
      file,
      args,
      options: spawnOptions,
    } = way.command(way.binaries.postgres, [...['-D', cluster, '-p', String(port)], ...settings.args]);
    // A session of its own: the terminal's Ctrl-C is for the server alone, which ends PostgreSQL when it is done with it.
    const child = spawn(file, args, { ...spawnOptions, detached: true, stdio: ['ignore', log.fd, log.fd] });
    child.unref();
    await log.close();
    await untilReady(child, cluster, port, credentials, join(directory, 'postgres.log'));
    return child.pid ?? 0;
  }

  async function start(): Promise<{ pid: number; port: number }> {
    const earlier = await runningPostmaster(cluster);
    if (earlier) {
      const name = await ensureDatabase(earlier.port, credentials).catch(() => null);
      if (name === settings.clusterName) return earlier;
      logger.info('stopping the embedded PostgreSQL of an earlier start');
      await stopPostmaster(cluster, earlier.pid);
    }
    for (let attempt = 1; ; attempt += 1) {
      const port = await choosePort(directory, options.portHint, attempt > 1);
      try {
        return { pid: await launch(port), port };
      } catch (error) {
        if (!(error instanceof PortTakenError) || attempt === 5) throw error;
      }
    }
  }

  const started = await start();
  await writeFileDurably(join(directory, 'port'), `${started.port}\n`);
  const { port } = started;
  let { pid } = started;
  let stopping: Promise<void> | null = null;
  let restarting: Promise<void> | null = null;

  /** Also without its pid file: one that lives must get no second beside it, and must be stopped with us. */
  const running = async () =>
    (await runningPostmaster(cluster)) ?? ((await servesFolder(pid, cluster)) ? { pid, port } : null);

  let failedRestarts = 0;
  let restartAt = 0;

  async function restartIfDead(): Promise<void> {
    if (performance.now() < restartAt || (await running()) || stopping) return;
    if (failedRestarts === 0) logger.error({ pid }, 'the embedded PostgreSQL died; starting it again');
    pid = await launch(port);
    failedRestarts = 0;
    logger.info({ pid }, 'the embedded PostgreSQL is back');
  }

  function restartLater(error: unknown): void {
    failedRestarts += 1;
    const pause = Math.min(superviseEveryMilliseconds * 2 ** failedRestarts, maxRestartPauseMilliseconds);
    restartAt = performance.now() + pause;
    logger.error(
      { err: error, seconds: pause / 1000 },
      'the embedded PostgreSQL cannot be started; trying again later',
    );
  }

  const supervisor = setInterval(() => {
    restarting ??= restartIfDead()
      .catch(restartLater)
      .finally(() => {
        restarting = null;
      });
  }, superviseEveryMilliseconds);
  supervisor.unref();

  async function stop(): Promise<void> {
    clearInterval(supervisor);
    await restarting;
    const server = await running();
    if (server) await stopPostmaster(cluster, server.pid);
  }

  return {
    url: connectionUrl(port, credentials),
    superuserUrl: connectionUrl(port, credentials, 'superuser'),
    port,
    get pid() {
      return pid;
    },
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

/**
 * Changes both passwords of a PostgreSQL that no server uses now; stops one that was left running. Cut off in the middle,
 * it is run again: it needs no password that was there before.
 */
export async function changePasswords(directory: string): Promise<void> {
  const cluster = join(directory, 'cluster');
  const isMade = await stat(join(cluster, 'PG_VERSION')).catch(() => null);
  if (!isMade) return;
  const way = await chooseUnprivileged(await findPostgresBinaries(join(directory, 'libraries')), directory);
  const left = await runningPostmaster(cluster);
  if (left) await stopPostmaster(cluster, left.pid);
  await disarmStalePidFile(cluster);
  await way.own(cluster);
  await runAlone(way, cluster, setPasswords(await replaceCredentials(directory)));
}

/** The URL of the PostgreSQL that runs in this folder now; null when none does. */
export async function findEmbeddedPostgres(directory: string): Promise<string | null> {
  const running = await runningPostmaster(join(directory, 'cluster'));
  return running?.port ? connectionUrl(running.port, await loadCredentials(directory)) : null;
}

class PortTakenError extends Error {}

/**
 * Ready means: it lets us in with the password. While it replays its log after a crash it is waited for as long as it
 * takes, since killing it then only makes the next start longer.
 */
async function untilReady(
  child: ChildProcess,
  cluster: string,
  port: number,
  credentials: Credentials,
  logFile: string,
): Promise<void> {
  let ended: string | null = null;
  child.once('error', (error) => {
    ended = error.message;
  });
  child.once('exit', (code, signal) => {
    ended ??= `it ended with ${signal ?? `exit code ${code}`}`;
  });
  const deadline = Date.now() + 60_000;
  for (;;) {
    const failure = await ensureDatabase(port, credentials).then(
      () => null,
      (error: Error & { code?: string }) => error,
    );
    if (failure === null) return;
    if (ended !== null) {
      const said = (await readFile(logFile, 'utf8').catch(() => '')).trimEnd().split('\n').slice(-6).join('\n');
      if (said.includes('could not bind') || said.includes('Address already in use')) throw new PortTakenError(said);
      throw new StartupError(`The embedded PostgreSQL does not start: ${ended}. The end of ${logFile}:\n${said}`);
    }
    const startingUp = failure.code === '57P03';
    if (Date.now() > deadline && !startingUp) {
      if (child.pid) await stopPostmaster(cluster, child.pid);
      throw new StartupError(
        `The embedded PostgreSQL does not let us in: ${failure.message}. If "npm run manage -- rotate-keys" was cut off, run it again. Else look into ${logFile}, or set DATABASE_URL to a PostgreSQL of your own.`,
      );
    }
    await sleep(startingUp ? 100 : 20);
  }
}

/** One old log is kept, so that it never fills the disk. */
async function openLog(file: string) {
  const info = await stat(file).catch(() => null);
  if (info && info.size > 5_000_000) await rename(file, `${file}.1`);
  return open(file, 'a', 0o600);
}
