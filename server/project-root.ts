import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The absolute folder of the package.json named `darkroom`, found upwards from here: the same in the sources and in
 * the bundles of build/, which lie at other depths.
 */
export const projectRoot: string = findProjectRoot(dirname(fileURLToPath(import.meta.url)));

/** Of the package, as `npm version` sets it. */
export const projectVersion: string = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')).version;

export function findProjectRoot(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === 'darkroom') return folder;
    if (dirname(folder) === folder) throw new Error(`no package.json of darkroom above ${from}`);
  }
}
