import { execFile } from 'node:child_process';
import { chmod, chown, cp, lstat, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { delimiter, dirname, join, parse } from 'node:path';
import { promisify } from 'node:util';
import { StartupError } from '../../process/startup-error.ts';
import type { PostgresBinaries } from './binaries.ts';

const run = promisify(execFile);

/** The account of nobody, on every Linux. */
const nobody = 65534;

/**
 * How PostgreSQL, which refuses to run as root, is run here:
 * - `as-is`: this process is not root;
 * - `namespace`: as nobody of a user namespace, who is root outside, without any of root's powers: needs no account
 *   and reads what root may read, so a folder with mode 700 is no obstacle;
 * - `capability`: where a container forbids user namespaces: as nobody who may pass folders with mode 700;
 * - `account`: where util-linux is missing: as nobody, with a copy of the programs that nobody can read.
 */
export type RunAs = 'as-is' | 'namespace' | 'capability' | 'account';

export interface UnprivilegedCommand {
  file: string;
  args: string[];
  options: { env: NodeJS.ProcessEnv; cwd: string; uid?: number; gid?: number };
}

export interface Unprivileged {
  runAs: RunAs;
  binaries: PostgresBinaries;
  /** `18.4`, as the program itself says. */
  version: string;
  /** What to start in place of the program itself. */
  command(program: string, args: readonly string[]): UnprivilegedCommand;
  /** Hands a file or folder, with all in it, to the account that PostgreSQL runs under. */
  own(path: string): Promise<void>;
}

const prefixes: Partial<Record<RunAs, readonly string[]>> = {
  namespace: ['unshare', '--user', `--map-user=${nobody}`, `--map-group=${nobody}`, '--'],
  capability: [
    'setpriv',
    `--reuid=${nobody}`,
    `--regid=${nobody}`,
    '--clear-groups',
    '--inh-caps=-all,+dac_override',
    '--ambient-caps=+dac_override',
    '--bounding-set=-all,+dac_override',
    '--no-new-privs',
    '--',
  ],
};

/** @param force only tries this way (the tests try each). */
export async function chooseUnprivileged(
  binaries: PostgresBinaries,
  directory: string,
  force?: RunAs,
): Promise<Unprivileged> {
  const isRoot = process.getuid?.() === 0;
  const ways: readonly RunAs[] = force ? [force] : isRoot ? ['namespace', 'capability', 'account'] : ['as-is'];
  const failures: string[] = [];
  for (const runAs of ways) {
    const usable = runAs === 'account' ? await readableCopy(binaries, directory) : binaries;
    const command = (program: string, args: readonly string[]) => commandFor(runAs, program, args, usable);
    try {
      // The whole way is tried at once: the wrapper, the program, its libraries.
      const { file, args, options } = command(usable.postgres, ['--version']);
      const { stdout } = await run(file, args, { ...options, timeout: 20_000, encoding: 'utf8' });
      return {
        runAs,
        binaries: usable,
        version: /\d[\d.]*/.exec(stdout)?.[0] ?? '',
        command,
        own: (path) => own(path, runAs === 'capability' || runAs === 'account' ? nobody : (process.getuid?.() ?? 0)),
      };
    } catch (error) {
      failures.push(`${runAs}: ${(error as Error).message.split('\n').slice(0, 4).join(' ')}`);
    }
  }
  throw new StartupError(
    `The embedded PostgreSQL cannot be run here${isRoot ? ' (it refuses to run as root, and no way to run it as somebody else works)' : ''}. Start Darkroom as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own. What was tried: ${failures.join('; ')}`,
  );
}

function commandFor(
  runAs: RunAs,
  program: string,
  args: readonly string[],
  binaries: PostgresBinaries,
): UnprivilegedCommand {
  const libraries = binaries.extraLibraries;
  const libraryPath = process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH';
  // Nothing of the server's own environment: it holds secrets, and PG* variables would change what is started.
  const env: NodeJS.ProcessEnv = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/run/current-system/sw/bin',
    LC_ALL: 'C',
    // A library that is found through a link there looks for its own libraries beside the link.
    ...(libraries ? { [libraryPath]: [libraries, join(binaries.native, 'lib')].join(delimiter) } : {}),
  };
  const [file = program, ...prefix] = [...(prefixes[runAs] ?? []), program];
  const account = runAs === 'account' ? { uid: nobody, gid: nobody } : {};
  return { file, args: [...prefix, ...args], options: { env, cwd: '/', ...account } };
}

async function own(path: string, uid: number): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const info = await lstat(path);
  if (info.uid === uid) return;
  if (info.isDirectory()) {
    for (const name of await readdir(path)) await own(join(path, name), uid);
  }
  if (!info.isSymbolicLink()) await chown(path, uid, uid);
}

/** nobody may pass only folders that everybody may pass: ours are opened for that, other people's are not. */
async function readableCopy(binaries: PostgresBinaries, directory: string): Promise<PostgresBinaries> {
  for (let folder = dirname(directory); folder !== parse(folder).root; ) {
    folder = dirname(folder);
    if (((await stat(folder)).mode & 0o001) === 0) {
      throw new StartupError(
        `The embedded PostgreSQL would run as the user nobody here, who may not pass ${folder}. Start Darkroom as an ordinary user, choose a DATA_DIR elsewhere, or set DATABASE_URL to a PostgreSQL of your own.`,
      );
    }
  }
  for (const ours of [directory, dirname(directory)]) await chmod(ours, 0o711);
  const { size, mtimeMs } = await stat(binaries.postgres);
  const copy = join(directory, `programs-${size}-${Math.trunc(mtimeMs)}`);
  if (!(await stat(copy).catch(() => null))) {
    for (const name of await readdir(directory)) {
      if (name.startsWith('programs-')) await rm(join(directory, name), { recursive: true, force: true });
    }
    const unfinished = `${copy}.new`;
    await mkdir(unfinished, { mode: 0o755 });
    await cp(binaries.native, unfinished, { recursive: true, verbatimSymlinks: true });
    for (const name of await readdir(binaries.extraLibraries ?? join(unfinished, 'none')).catch(() => [])) {
      await cp(join(binaries.extraLibraries ?? '', name), join(unfinished, 'lib', name), { dereference: true });
    }
    await rename(unfinished, copy);
  }
  return {
    native: copy,
    initdb: join(copy, 'bin', 'initdb'),
    postgres: join(copy, 'bin', 'postgres'),
    extraLibraries: null,
  };
}
