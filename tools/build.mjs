import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildCached } from './build-cached.mjs';
import { root } from './root.mjs';

const parts = {
  server: {
    inputs: ['core', 'server', 'admin', 'tools/build-server.mjs', 'tsconfig.json'],
    announce: 'Building the server …',
    build: async (outDirectory) => (await import('./build-server.mjs')).buildServer({ outDirectory }),
  },
  lambda: {
    inputs: ['core', 'lambda', 'server/embedded', 'tsconfig.json'],
    announce: 'Building the thumbnail function …',
    build: async (outDirectory) => (await import('./build-lambda.mjs')).buildLambda({ outDirectory }),
  },
  panel: {
    inputs: ['core', 'admin', 'tsconfig.json'],
    announce: 'Building the panel (the first time takes a few seconds) …',
    build: async (outDirectory) => (await import('./build-panel.mjs')).buildPanel({ outDirectory }),
  },
};

/**
 * Builds what is missing or out of date, into `build/server`, `build/lambda` and `build/panel`.
 *
 * @param {(keyof typeof parts)[]} [names]
 */
export async function buildMissing(names = Object.keys(parts)) {
  for (const name of names) {
    try {
      await buildCached({ root, name, ...parts[name] });
    } catch (error) {
      if (!['EACCES', 'EPERM', 'EROFS'].includes(error.code)) throw error;
      process.stderr.write(
        `${join(root, 'build')} cannot be written (${error.code}), and what is in it is not of these sources. Run \`npm run build\` as the owner of ${root} first.\n`,
      );
      process.exit(1);
    }
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const names = process.argv.slice(2);
  await buildMissing(names.length > 0 ? names : undefined);
}
