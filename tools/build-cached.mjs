import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, readlink, rename, rm, stat, symlink } from 'node:fs/promises';
import { join, relative } from 'node:path';

const keptVersions = 3;

/**
 * Builds `build/NAME` unless it was built of the same inputs already. Each version is a folder of its own, put in its
 * place whole, and `build/NAME` is a link to the one in use: nobody ever sees half a build, two builds at once do no harm,
 * and a server that runs keeps the files it was started with.
 *
 * @type {typeof import('./build-cached.d.mts').buildCached}
 */
export async function buildCached({ root, name, inputs, announce, build }) {
  const versions = join(root, 'build', 'versions');
  const version = `${name}-${await fingerprintOf(root, inputs)}`;
  const target = join('versions', version);
  const place = join(root, 'build', name);
  const isBuilt = await exists(join(versions, version));
  if (!isBuilt) {
    if (announce) process.stderr.write(`${announce}\n`);
    const unfinished = join(root, 'build', 'versions', `unfinished-${randomBytes(6).toString('hex')}`);
    await mkdir(unfinished, { recursive: true });
    try {
      await build(unfinished);
      await rename(unfinished, join(versions, version)).catch(async (error) => {
        // Somebody else built the same and was faster.
        if (!(await exists(join(versions, version)))) throw error;
      });
    } finally {
      await rm(unfinished, { recursive: true, force: true });
    }
  }
  if ((await readlink(place).catch(() => null)) !== target) {
    await pointTo(place, target);
    await removeOld(versions, name, version);
  }
  return !isBuilt;
}

async function pointTo(place, target) {
  const link = `${place}-${randomBytes(6).toString('hex')}`;
  await symlink(target, link);
  try {
    await rename(link, place);
  } catch (error) {
    // Something that is no link stands there; what is in build/ is ours.
    if (!['EISDIR', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(error.code)) throw error;
    await rm(place, { recursive: true, force: true });
    await rename(link, place);
  }
}

/** The newest few stay, for servers that still run from them; so does nothing that a killed build left. */
async function removeOld(versions, name, current) {
  const found = [];
  for (const entry of await readdir(versions)) {
    const changed = (await stat(join(versions, entry)).catch(() => null))?.mtimeMs ?? 0;
    const isAbandoned = entry.startsWith('unfinished-') && Date.now() - changed > 3_600_000;
    if (isAbandoned) await rm(join(versions, entry), { recursive: true, force: true });
    if (entry.startsWith(`${name}-`) && entry !== current) found.push({ entry, changed });
  }
  found.sort((a, b) => b.changed - a.changed);
  for (const { entry } of found.slice(keptVersions - 1)) {
    await rm(join(versions, entry), { recursive: true, force: true });
  }
}

/** Of the names and contents of all inputs, of what is installed, of how it is built, and of the Node that runs it. */
async function fingerprintOf(root, inputs) {
  const hash = createHash('sha256').update(`${process.version} ${process.platform} ${process.arch}\n`);
  for (const input of [...inputs, 'package-lock.json', 'package.json', 'tools']) {
    for (const file of await filesIn(join(root, input))) {
      hash
        .update(`${relative(root, file)}\0`)
        .update(await readFile(file))
        .update('\0');
    }
  }
  return hash.digest('hex').slice(0, 16);
}

async function filesIn(path) {
  const info = await stat(path).catch(() => null);
  if (!info) return [];
  if (!info.isDirectory()) return [path];
  const names = (await readdir(path)).filter((name) => !name.startsWith('.')).sort();
  return (await Promise.all(names.map((name) => filesIn(join(path, name))))).flat();
}

async function exists(path) {
  return stat(path).then(
    () => true,
    () => false,
  );
}
