import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import yazl from 'yazl';
import { buildLambda } from './build-lambda.mjs';
import { root } from './root.mjs';

export const architectures = ['arm64', 'x64'];

/** Not read when the function runs: documents, types, headers, and what would compile the binaries. */
const unused = [
  /(^|\/)(README|CHANGELOG)[^/]*$/i,
  /\.d\.[cm]?ts$/,
  /\.(h|map|bnf)$/,
  /^node_modules\/sharp\/(src|install)\//,
  /^node_modules\/\.package-lock\.json$/,
  /^decoder(-runtime)?\.mjs$/,
];
/** Zip keeps the time of day where it was made, without a zone: the same everywhere when it is made of local parts. */
const fixedTime = new Date(1980, 0, 1);

/**
 * Packs the thumbnail function for AWS Lambda on Linux, on any host: the bundle, and sharp with the binaries of that
 * processor, in the versions of package-lock.json and checked against its hashes. The same sources make the same bytes.
 *
 * @param {{ architecture: string, outFile: string }} options
 * @returns {Promise<{ zipBytes: number, unzippedBytes: number }>}
 */
export async function packageLambda({ architecture, outFile }) {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-lambda-'));
  try {
    await buildLambda({ outDirectory: folder, minify: true });
    await installSharp(folder, architecture);
    const files = await filesOf(folder);
    await mkdir(join(outFile, '..'), { recursive: true });
    await zip(folder, files, `${outFile}.new`);
    await rename(`${outFile}.new`, outFile);
    const sizes = await Promise.all(files.map(async (file) => (await stat(join(folder, file))).size));
    const unzippedBytes = sizes.reduce((sum, size) => sum + size, 0);
    return { zipBytes: (await stat(outFile)).size, unzippedBytes };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A lock file with sharp and what it needs alone, for `npm ci`: nothing but what our own lock file names is taken. */
async function installSharp(folder, architecture) {
  const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'));
  const sharp = packages['node_modules/sharp'];
  const binaries = [`@img/sharp-linux-${architecture}`, `@img/sharp-libvips-linux-${architecture}`];
  const pick = (names, from) => Object.fromEntries(names.map((name) => [name, from[name]]));
  const kept = { 'node_modules/sharp': { ...sharp, optionalDependencies: pick(binaries, sharp.optionalDependencies) } };
  for (const name of [...Object.keys(sharp.dependencies), ...binaries]) {
    const nested = `node_modules/sharp/node_modules/${name}`;
    const path = nested in packages ? nested : `node_modules/${name}`;
    kept[path] = packages[path];
  }
  const own = { name: 'darkroom-thumbnails', version: '1.0.0', dependencies: { sharp: sharp.version } };
  const manifest = { ...own, lockfileVersion: 3, requires: true, packages: { '': own, ...kept } };
  await writeFile(join(folder, 'package.json'), JSON.stringify(own));
  await writeFile(join(folder, 'package-lock.json'), JSON.stringify(manifest));
  const flags = ['--os=linux', `--cpu=${architecture}`, '--libc=glibc', '--ignore-scripts', '--no-audit', '--no-fund'];
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  await promisify(execFile)(npm, ['ci', ...flags], {
    cwd: folder,
    env: { ...process.env, npm_config_loglevel: 'error' },
    shell: process.platform === 'win32',
  });
  await Promise.all(['package.json', 'package-lock.json'].map((file) => rm(join(folder, file))));
}

async function filesOf(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)).replaceAll('\\', '/'))
    .filter((file) => !unused.some((pattern) => pattern.test(file)))
    .sort();
}

async function zip(folder, files, outFile) {
  const archive = new yazl.ZipFile();
  for (const file of files) {
    archive.addBuffer(await readFile(join(folder, file)), file, {
      mtime: fixedTime,
      forceDosTimestamp: true,
      mode: 0o100644,
      compressionLevel: 9,
    });
  }
  archive.end();
  await pipeline(archive.outputStream, createWriteStream(outFile));
}

async function main() {
  const { values } = parseArgs({ options: { arch: { type: 'string' }, out: { type: 'string' } } });
  const folder = values.out ?? join(root, 'build/aws');
  const wanted = values.arch ? [values.arch] : architectures;
  const unknown = wanted.find((architecture) => !architectures.includes(architecture));
  if (unknown) throw new Error(`--arch is arm64 or x64, not ${unknown}`);
  for (const architecture of wanted) {
    const outFile = join(folder, `thumbnails-${architecture}.zip`);
    const { zipBytes, unzippedBytes } = await packageLambda({ architecture, outFile });
    const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
    console.log(`${outFile}  ${megabytes(zipBytes)}, ${megabytes(unzippedBytes)} unpacked`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
