import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { syncFolder } from '../../process/durable-file.ts';
import { StartupError } from '../../process/startup-error.ts';
import type { Unprivileged } from './unprivileged.ts';

const run = promisify(execFile);

/** Small enough for a laptop, plenty for one server. Durability is PostgreSQL's own default: on. */
const settings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '60',
  shared_buffers: '128MB',
  jit: 'off',
  // No replication here: less log to write.
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '256MB',
  io_method: 'sync',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'warning',
  // Statements hold people's data, and the log is a plain file.
  log_min_error_statement: 'panic',
  log_line_prefix: '%m [%p] ',
};

/** For a cluster that is thrown away after the tests. */
const throwawaySettings: Readonly<Record<string, string>> = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '200',
};

/**
 * The settings as arguments of `postgres`. The name of the cluster is a fingerprint of them and of the version: a server
 * that is found running with another name was started by another release and is started anew.
 */
export function serverSettings(version: string, durable: boolean): { args: string[]; clusterName: string } {
  const all = { ...settings, ...(durable ? {} : throwawaySettings) };
  const fingerprint = createHash('sha256')
    .update(JSON.stringify([version, all]))
    .digest('hex')
    .slice(0, 12);
  const clusterName = `darkroom-${fingerprint}`;
  return {
    args: Object.entries({ ...all, cluster_name: clusterName }).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    clusterName,
  };
}

/**
 * Makes the data folder of a new server, if there is none: under another name first, so that it is there whole or not
 * at all. Only people who know the password may connect, local users too.
 */
export async function createCluster(way: Unprivileged, directory: string, superuserPassword: string): Promise<void> {
  const cluster = join(directory, 'cluster');
  const version = await readFile(join(cluster, 'PG_VERSION'), 'utf8').catch(() => null);
  if (version !== null) {
    const ours = way.version.split('.')[0];
    if (version.trim() === ours) return;
    throw new StartupError(
      `The database in ${cluster} was made by PostgreSQL ${version.trim()}; this release of Darkroom brings PostgreSQL ${ours}, which cannot read it. Start the release that made it, dump the database with pg_dump, and restore it into this one.`,
    );
  }
  for (const name of await readdir(directory)) {
    if (name.startsWith('cluster.new-')) await rm(join(directory, name), { recursive: true, force: true });
  }
  const unfinished = await mkdtemp(join(directory, 'cluster.new-'));
  const passwordFile = join(unfinished, 'password');
  const data = join(unfinished, 'data');
  await writeFile(passwordFile, `${superuserPassword}\n`, { mode: 0o600 });
  await way.own(unfinished);
  const { file, args, options } = way.command(way.binaries.initdb, [
    `--pgdata=${data}`,
    `--pwfile=${passwordFile}`,
    '--username=postgres',
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
  ]);
  try {
    await run(file, args, { ...options, timeout: 120_000 });
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    const said = String((error as { stderr?: string }).stderr ?? '') || (error as Error).message;
    throw new StartupError(`The embedded PostgreSQL cannot make its folder ${cluster}: ${said.trim()}`);
  }
  await rename(data, cluster);
  await syncFolder(directory);
  await rm(unfinished, { recursive: true, force: true });
}

/**
 * Runs SQL, a statement a line, in a cluster that nobody serves. PostgreSQL asks for no password then: whoever may read
 * the folder may do this.
 */
export async function runAlone(way: Unprivileged, cluster: string, sql: string): Promise<void> {
  const { file, args, options } = way.command(way.binaries.postgres, [
    '--single',
    '-D',
    cluster,
    '-c',
    'log_min_error_statement=panic',
    'postgres',
  ]);
  const running = run(file, args, { ...options, timeout: 120_000 });
  running.child.stdin?.end(sql);
  const { stderr } = await running;
  if (/ERROR:|FATAL:|PANIC:/.test(stderr)) throw new StartupError(`The embedded PostgreSQL refuses: ${stderr.trim()}`);
}
