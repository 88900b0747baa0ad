import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { build } from 'esbuild';

const compressBrotli = promisify(brotliCompress);
const compressGzip = promisify(gzip);
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);

/** What AdminJS's own scripts put on `window`: the panel's components use these, and are bundled without them. */
const globals = {
  react: 'React',
  'react-dom': 'ReactDOM',
  'react-router-dom': 'ReactRouterDOM',
  adminjs: 'AdminJS',
  '@adminjs/design-system': 'AdminJSDesignSystem',
};

/**
 * Builds what the panel's pages load: AdminJS's three scripts as they were published, our components, our style sheet.
 * Each file's name holds a hash of its content, each lies there compressed as well, and manifest.json says which is which.
 *
 * @param {{ outDirectory: string }} options
 */
export async function buildPanel({ outDirectory }) {
  await mkdir(outDirectory, { recursive: true });
  const adminjs = dirname(require.resolve('adminjs'));
  const designSystem = join(dirname(require.resolve('@adminjs/design-system')), '..');
  const own = await bundleComponents();
  const files = {
    global: [await readFile(join(adminjs, 'lib/frontend/assets/scripts/global-bundle.production.js')), 'js'],
    'design-system': [await readFile(join(designSystem, 'bundle.production.js')), 'js'],
    app: [await readFile(join(adminjs, 'lib/frontend/assets/scripts/app-bundle.production.js')), 'js'],
    components: [own.script, 'js'],
    style: [own.style, 'css'],
  };
  const manifest = {};
  await Promise.all(
    Object.entries(files).map(async ([name, [content, suffix]]) => {
      const hash = createHash('sha256').update(content).digest('hex').slice(0, 16);
      manifest[name] = `${name}.${hash}.${suffix}`;
      await writeCompressed(join(outDirectory, manifest[name]), content);
    }),
  );
  await writeFile(join(outDirectory, 'manifest.json'), JSON.stringify(manifest, null, 2));
}

async function bundleComponents() {
  const { outputFiles } = await build({
    entryPoints: [join(root, 'admin/components/bundle.ts')],
    bundle: true,
    minify: true,
    write: false,
    outdir: 'out',
    format: 'iife',
    target: 'es2022',
    jsx: 'transform',
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [fromWindow],
  });
  const find = (suffix) => Buffer.from(outputFiles.find(({ path }) => path.endsWith(suffix)).contents);
  return { script: find('.js'), style: find('.css') };
}

const fromWindow = {
  name: 'from-window',
  setup(bundler) {
    const names = Object.keys(globals).map((name) => name.replaceAll('/', '\\/'));
    bundler.onResolve({ filter: new RegExp(`^(?:${names.join('|')})$`) }, ({ path }) => ({
      path,
      namespace: 'window',
    }));
    bundler.onLoad({ filter: /.*/, namespace: 'window' }, ({ path }) => ({
      contents: `module.exports = window.${globals[path]}`,
    }));
  },
};

/** Brotli at 9: within a few percent of the best, in a fraction of its time. */
async function writeCompressed(path, content) {
  const [br, gz] = await Promise.all([
    compressBrotli(content, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: content.length },
    }),
    compressGzip(content, { level: 9 }),
  ]);
  await Promise.all([writeFile(path, content), writeFile(`${path}.br`, br), writeFile(`${path}.gz`, gz)]);
}
