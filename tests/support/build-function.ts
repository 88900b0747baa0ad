import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { projectRoot } from '../../server/project-root.ts';
import { buildLambda } from '../../tools/build-lambda.mjs';

export interface BuiltFunction {
  /** What the local runner's process loads, and what that process is. */
  decoderFile: string;
  runtimeFile: string;
  /** A decoder of the tests' own, bundled the same way. */
  bundle(entryPoint: string): Promise<string>;
  remove(): Promise<void>;
}

/** The function's bundle in a temp folder, from the sources as they are. */
export async function buildFunction(): Promise<BuiltFunction> {
  const directory = await mkdtemp(join(tmpdir(), 'darkroom-function-'));
  await symlink(join(projectRoot, 'node_modules'), join(directory, 'node_modules'));
  const outDirectory = join(directory, 'function');
  await mkdir(outDirectory);
  await buildLambda({ outDirectory });
  return {
    decoderFile: join(outDirectory, 'decoder.mjs'),
    runtimeFile: join(outDirectory, 'decoder-runtime.mjs'),
    bundle: async (entryPoint) => {
      const outfile = join(directory, `${crypto.randomUUID()}.mjs`);
      const banner = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
      await build({
        entryPoints: [entryPoint],
        outfile,
        bundle: true,
        platform: 'node',
        format: 'esm',
        external: ['sharp'],
        banner: { js: banner },
        logLevel: 'warning',
      });
      return outfile;
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
