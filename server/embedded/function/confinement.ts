import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { MissingProtection } from '../../thumbnailing/function-invoker.ts';

const run = promisify(execFile);

/**
 * What keeps the decoder, which meets hostile bytes, away from everything else. Each layer works without the others:
 * - `permission_model`: Node itself lets the decoder's JavaScript have no file, process or socket;
 * - `closed_files`: the limit on open files is 0 as soon as all is loaded (setrlimit(2)): whatever code runs there opens no
 *   file and no socket, and writes nothing; what is open, which is the pipes, stays. OpenSSH confines itself this way;
 * - `namespaces`: no network but a dead one, no shared memory; and without root a user namespace of its own, from which
 *   the server's memory cannot be reached (ptrace(2), process_vm_readv(2));
 * - `no_new_privileges`: no program that it might start gives it rights;
 * - `account`: started as root, it becomes nobody, without capabilities.
 */
export interface Confinement {
  /** What the system does not have. */
  missing: readonly MissingProtection[];
  /** Whom the process becomes when it is loaded. */
  account: { uid: number; gid: number } | null;
  /** What to start in place of Node. Only files below `readable` can be read by its JavaScript. */
  command(script: string, args: readonly string[], readable: readonly string[]): { file: string; args: string[] };
  /** Takes files and sockets from a process that is loaded and has not become another yet. Rejects when that fails. */
  closeFiles(pid: number): Promise<void>;
}

/** Any of them can be left out, as a system without it would (the tests try each alone). */
export type Layers = Readonly<Record<MissingProtection, boolean>>;

const allLayers: Layers = {
  permission_model: true,
  closed_files: true,
  namespaces: true,
  no_new_privileges: true,
  account: true,
};

/** The account of nobody, on every Linux. */
const nobody = { uid: 65534, gid: 65534 };
const folders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
const probeMilliseconds = 10_000;

/** Tries what this system has. */
export async function chooseConfinement(layers: Partial<Layers> = {}): Promise<Confinement> {
  const wanted = { ...allLayers, ...layers };
  const isRoot = process.getuid?.() === 0;
  const isLinux = process.platform === 'linux';
  const prlimit = wanted.closed_files && isLinux ? findTool('prlimit') : null;
  const namespaces = wanted.namespaces && isLinux ? await firstThatWorks(namespaceCommands(isRoot)) : null;
  const noNewPrivileges =
    wanted.no_new_privileges && isLinux ? await firstThatWorks(privilegeCommands(isRoot), namespaces ?? []) : null;
  const prefix = [...(namespaces ?? []), ...(noNewPrivileges ?? [])];
  const closeFiles = prlimit && (await canCloseFiles(prlimit, prefix)) ? closeFilesBy(prlimit) : null;
  const account = wanted.account && isRoot && (await canBecome(nobody)) ? nobody : null;
  const permissionFlag = wanted.permission_model ? permissionFlagOfNode() : null;
  const has: Layers = {
    permission_model: permissionFlag !== null,
    closed_files: closeFiles !== null,
    namespaces: namespaces !== null,
    no_new_privileges: noNewPrivileges !== null,
    // Who is not root has no other account to become; there the user namespace parts the two.
    account: isRoot ? account !== null : namespaces !== null,
  };
  return {
    missing: (Object.keys(has) as MissingProtection[]).filter((layer) => !has[layer]),
    account,
    command: (script, args, readable) => {
      const flags = permissionFlag ? [permissionFlag, ...permissionFlags(readable)] : [];
      const [file = process.execPath, ...rest] = [...prefix, process.execPath, ...flags, script, ...args];
      return { file, args: rest };
    },
    closeFiles: closeFiles ?? (async () => {}),
  };
}

function findTool(name: string): string | null {
  const places = [...folders, ...(process.env.PATH ?? '').split(delimiter)];
  return places.map((folder) => join(folder, name)).find(isExecutable) ?? null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** unshare(1) and setpriv(1), of util-linux, end by starting the next program in their own place: its pid is theirs. */
function namespaceCommands(isRoot: boolean): string[][] {
  const unshare = findTool('unshare');
  if (!unshare) return [];
  const own = ['--net', '--ipc', '--'];
  if (isRoot) return [[unshare, ...own]];
  return [[unshare, '--user', `--map-user=${process.getuid?.()}`, `--map-group=${process.getgid?.()}`, ...own]];
}

function privilegeCommands(isRoot: boolean): string[][] {
  const setpriv = findTool('setpriv');
  if (!setpriv) return [];
  // What loading needs in a folder of another's, and becoming nobody; with that the last of them are gone.
  const few = ['--inh-caps=-all', '--bounding-set=-all,+setuid,+setgid,+dac_override'];
  const plain = [setpriv, '--no-new-privs', '--'];
  return isRoot ? [[setpriv, ...few, '--no-new-privs', '--'], plain] : [plain];
}

async function firstThatWorks(commands: string[][], before: readonly string[] = []): Promise<string[] | null> {
  for (const command of commands) {
    const [file = '', ...args] = [...before, ...command, process.execPath, '--version'];
    const works = await run(file, args, { timeout: probeMilliseconds, env: {} }).then(
      () => true,
      () => false,
    );
    if (works) return command;
  }
  return null;
}

async function canBecome(account: { uid: number; gid: number }): Promise<boolean> {
  const program = findTool('true');
  if (!program) return false;
  return run(program, [], { ...account, timeout: probeMilliseconds, env: {} }).then(
    () => true,
    () => false,
  );
}

function closeFilesBy(prlimit: string): (pid: number) => Promise<void> {
  return async (pid) => {
    await run(prlimit, [`--pid=${pid}`, '--nofile=0:0', '--fsize=0:0', '--core=0:0'], { timeout: probeMilliseconds });
  };
}

/** Tried on a process that does nothing, started as the decoder is. */
async function canCloseFiles(prlimit: string, prefix: readonly string[]): Promise<boolean> {
  const program = findTool('cat');
  if (!program) return false;
  const [file = program, ...args] = [...prefix, program];
  const probe = spawn(file, args, { env: {}, stdio: ['pipe', 'pipe', 'ignore'] });
  probe.stdin.on('error', () => {});
  const exited = once(probe, 'exit').catch(() => {});
  try {
    if (!probe.pid) return false;
    probe.stdin.write('.');
    // It answers when it is loaded: before that, it would still have to open its libraries.
    await Promise.race([once(probe.stdout, 'data'), exited]);
    await closeFilesBy(prlimit)(probe.pid);
    return true;
  } catch {
    return false;
  } finally {
    probe.kill('SIGKILL');
    await exited;
  }
}

/** Node 23.5 and 22.13 know it by its own name, Node 20 as an experiment. */
function permissionFlagOfNode(): string | null {
  const known = process.allowedNodeEnvironmentFlags;
  return ['--permission', '--experimental-permission'].find((flag) => known.has(flag)) ?? null;
}

/** sharp is an addon; the thread is the one that ends the process with the server. */
function permissionFlags(readable: readonly string[]): string[] {
  const paths = new Set(readable.flatMap((path) => [path, realpathSync(path)]));
  return [
    '--allow-addons',
    '--allow-worker',
    '--no-warnings',
    ...[...paths].map((path) => `--allow-fs-read=${path}/*`),
  ];
}

/** Where a module's packages are: the next `node_modules` with sharp in it. */
export function packagesOf(file: string): string[] {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'node_modules/sharp'))) return [join(folder, 'node_modules')];
    if (folder === dirname(folder)) return [];
  }
}
