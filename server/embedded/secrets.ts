import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { syncFolder, writeFileDurably } from '../process/durable-file.ts';
import { StartupError } from '../process/startup-error.ts';

/** Signed with `current`; what was signed with `previous` is still good. */
export interface RotatingSecret {
  current: string;
  previous: string | null;
}

export interface Secrets {
  jwt: RotatingSecret;
  link: RotatingSecret;
  session: RotatingSecret;
  /** What the URLs of the disk store are signed with. */
  diskStore: { accessKeyId: string; secretAccessKey: string };
}

const files = {
  jwt: 'jwt-key',
  link: 'link-key',
  session: 'session-key',
  storeAccessKeyId: 'store-access-key-id',
  storeSecretAccessKey: 'store-secret-access-key',
} as const;

const leastCharacters = 32;

/**
 * The secrets that were given, and made-up ones in place of the others: each a file with mode 600 in `directory`
 * (mode 700), on disk for good before it is used. Two processes that start at once end with the same ones.
 */
export async function loadSecrets(directory: string, given: Config['secrets']): Promise<Secrets> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await chmod(directory, 0o700);
  const kept = (name: string) => keptSecret(join(directory, name));
  const rotating = async (name: keyof Config['secrets']): Promise<RotatingSecret> => ({
    current: given[name].current ?? (await kept(files[name])),
    previous: given[name].previous,
  });
  return {
    jwt: await rotating('jwt'),
    link: await rotating('link'),
    session: await rotating('session'),
    diskStore: {
      accessKeyId: (await kept(files.storeAccessKeyId)).slice(0, 20),
      secretAccessKey: await kept(files.storeSecretAccessKey),
    },
  };
}

/** Makes up new ones in place of all that are kept, damaged ones too. What was signed with the old ones ends. */
export async function replaceKeptSecrets(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  for (const name of Object.values(files)) await writeFileDurably(join(directory, name), newSecret());
}

function newSecret(): string {
  return `${randomBytes(48).toString('hex')}\n`;
}

async function keptSecret(file: string): Promise<string> {
  const kept = await readKept(file);
  if (kept !== null) return kept;
  await writeOnce(file, newSecret());
  return (await readKept(file)) ?? '';
}

async function readKept(file: string): Promise<string | null> {
  let text: string;
  try {
    text = (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new StartupError(`The secret ${file} cannot be read: ${(error as Error).message}`);
  }
  if (text.length < leastCharacters) {
    throw new StartupError(
      `The secret ${file} is damaged. Put it back from a backup; or delete it for a new one (then: npm run manage -- adopt), which ends what was signed with it (logins and links).`,
    );
  }
  await chmod(file, 0o600).catch(() => {});
  return text;
}

/** Whole or not at all, and never over one that is there: the first of two writers wins. */
async function writeOnce(file: string, content: string): Promise<void> {
  const unfinished = `${file}.${randomBytes(6).toString('hex')}.new`;
  const handle = await open(unfinished, 'wx', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
    await link(unfinished, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await handle.close();
    await rm(unfinished, { force: true });
  }
  await syncFolder(join(file, '..'));
}
