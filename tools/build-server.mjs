import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from './root.mjs';

/** The server and its command line: `main.js` and `manage.js`. Packages stay in node_modules. */
export async function buildServer({ outDirectory }) {
  await build({
    entryPoints: { main: join(root, 'server/main.ts'), manage: join(root, 'server/manage.ts') },
    outdir: outDirectory,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    packages: 'external',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    sourcemap: 'linked',
    logLevel: 'warning',
    absWorkingDir: root,
  });
}
