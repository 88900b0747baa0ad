import { randomBytes } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartupError } from '../process/startup-error.ts';
import { currentProcessIdentity, type ProcessIdentity, stillRuns } from './process-identity.ts';

/** What the holder wrote about itself. */
export interface LockHolder extends ProcessIdentity {
  /** A command is soon done; a server is not. */
  kind: 'server' | 'command';
  /** For the person whose second start is refused: `the server at http://localhost:8000`. */
  purpose: string;
  since: string;
  released: boolean;
}

export interface DataFolderLock {
  release(): Promise<void>;
}

export interface LockOptions {
  directory: string;
  kind: LockHolder['kind'];
  purpose: string;
}

/** A holder in another pid namespace (a container) cannot be looked up by its number: it shows that it lives. */
const heartbeatMilliseconds = 2_000;
const silentMilliseconds = 7_000;

/**
 * One process at a time may use a data folder. Locks are numbered files that are never taken away while they are the
 * newest: whoever finds the newest one dead or released makes the next number, which only one can (`link` does not
 * replace). So a dead lock is taken over without a moment in which two could think that it is theirs.
 *
 * Answers with the lock, or with who holds it.
 */
export async function tryDataFolderLock(options: LockOptions): Promise<DataFolderLock | LockHolder> {
  const folder = join(options.directory, 'lock');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (;;) {
    const newest = await newestNumber(folder);
    const holder = newest > 0 ? await readHolder(folder, newest) : null;
    if (holder && (await isAlive(folder, newest, holder))) return holder;
    const lock = await take(folder, newest + 1, options);
    if (lock) return lock;
  }
}

/** The same for a server: waits for commands, and rejects with a StartupError that tells which other server it is. */
export async function acquireDataFolderLock(
  options: LockOptions & { waitForCommandsMilliseconds: number; signal?: AbortSignal },
): Promise<DataFolderLock> {
  const deadline = Date.now() + options.waitForCommandsMilliseconds;
  for (;;) {
    const result = await tryDataFolderLock(options);
    if ('release' in result) return result;
    if (result.kind === 'server' || Date.now() > deadline) throw refusal(options.directory, result);
    await sleep(100, undefined, { signal: options.signal });
  }
}

async function take(folder: string, number: number, { kind, purpose }: LockOptions): Promise<DataFolderLock | null> {
  const holder: LockHolder = {
    ...currentProcessIdentity(),
    kind,
    purpose,
    since: new Date().toISOString(),
    released: false,
  };
  const file = join(folder, String(number));
  const unfinished = join(folder, `new-${randomBytes(6).toString('hex')}`);
  await writeFile(unfinished, JSON.stringify(holder), { mode: 0o600 });
  try {
    await link(unfinished, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return null;
    throw error;
  } finally {
    await rm(unfinished, { force: true });
  }
  const newest = await newestNumber(folder);
  if (newest !== number) {
    // Somebody was here and went on while we were between looking and linking: a number below the newest is nobody's.
    await rm(file, { force: true });
    return null;
  }
  await removeOlder(folder, number);
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => {});
  }, heartbeatMilliseconds);
  heartbeat.unref();

  return {
    async release() {
      clearInterval(heartbeat);
      const released = `${unfinished}-released`;
      await writeFile(released, JSON.stringify({ ...holder, released: true }), { mode: 0o600 });
      await rename(released, file);
    },
  };
}

async function newestNumber(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  return Math.max(0, ...names.filter((name) => /^\d+$/.test(name)).map(Number));
}

async function readHolder(folder: string, number: number): Promise<LockHolder | null> {
  try {
    return JSON.parse(await readFile(join(folder, String(number)), 'utf8'));
  } catch {
    return null;
  }
}

async function isAlive(folder: string, number: number, holder: LockHolder): Promise<boolean> {
  if (holder.released) return false;
  if (holder.namespace === currentProcessIdentity().namespace) return stillRuns(holder);
  const touched = async () => (await stat(join(folder, String(number))).catch(() => null))?.mtimeMs ?? 0;
  const before = await touched();
  for (let waited = 0; waited < silentMilliseconds; waited += 250) {
    await sleep(250);
    if ((await touched()) !== before) return (await readHolder(folder, number))?.released === false;
  }
  return false;
}

async function removeOlder(folder: string, number: number): Promise<void> {
  for (const name of await readdir(folder)) {
    if (/^\d+$/.test(name) && Number(name) < number) await rm(join(folder, name), { force: true });
  }
}

function refusal(directory: string, { purpose, pid, since }: LockHolder): StartupError {
  return new StartupError(
    `The data folder ${directory} is in use by ${purpose} (process ${pid}, since ${since}). Stop that one first, or set DATA_DIR to another folder. Several servers at once need DATABASE_URL and the S3 settings.`,
  );
}
