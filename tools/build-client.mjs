import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { declareClient } from './client-types/declare-client.mjs';
import { root } from './root.mjs';

const outDirectory = join(root, 'client/dist');

/** The client package: one ES module without its dependencies, and one declaration file that needs nothing of ours. */
export async function buildClient() {
  await rm(outDirectory, { recursive: true, force: true });
  await mkdir(outDirectory, { recursive: true });
  const options = {
    entryPoints: [join(root, 'client/src/index.ts')],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    legalComments: 'none',
    absWorkingDir: root,
  };
  await build({ ...options, outfile: join(outDirectory, 'index.js'), packages: 'external' });
  await writeFile(join(outDirectory, 'index.d.ts'), declareClient({ root }));
  const sizeOf = async (more) => {
    const { outputFiles } = await build({ ...options, ...more, minify: true, write: false });
    return gzipSync(outputFiles[0].contents).length;
  };
  return {
    ownBytes: await sizeOf({ packages: 'external' }),
    allBytes: await sizeOf({ platform: 'browser' }),
    typesBytes: gzipSync(await readFile(join(outDirectory, 'index.d.ts'))).length,
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { ownBytes, allBytes, typesBytes } = await buildClient();
  process.stdout.write(
    `client/dist, minified and gzipped: ${ownBytes} bytes, ${allBytes} with tRPC; its types: ${typesBytes} bytes\n`,
  );
}
