import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from './root.mjs';

// Some of what the AWS SDK brings along calls require, which an ES module does not have.
const withRequire = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/**
 * The thumbnail function, `index.mjs` with its `handler`; and where there is no AWS, `decoder.mjs`, which makes the
 * thumbnails, and `decoder-runtime.mjs`, which runs it.
 * sharp has binaries and stays beside it.
 */
export async function buildLambda({ outDirectory, minify = false }) {
  await build({
    entryPoints: {
      index: join(root, 'lambda/entry.ts'),
      decoder: join(root, 'lambda/decoder.ts'),
      'decoder-runtime': join(root, 'server/embedded/function/decoder-runtime.ts'),
    },
    outdir: outDirectory,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    external: ['sharp'],
    banner: { js: withRequire },
    minifySyntax: true,
    // Names stay: errors are told apart by theirs.
    minifyWhitespace: minify,
    legalComments: 'none',
    logLevel: 'warning',
    absWorkingDir: root,
  });
}
