import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const folder = import.meta.dirname;
/** Of an app of your own: what `npm install` put into node_modules. */
const clientPackage = join(folder, '../dist/index.js');

/**
 * Builds the page and serves it on loopback. The service has to allow its origin: `CORS_ORIGINS=http://localhost:8080`.
 *
 * @param {{ service: string, port?: number }} options `port` 0 takes a free one
 * @returns {Promise<{ url: string, close(): Promise<void> }>}
 */
export async function serveExample({ service, port = 8080 }) {
  const { outputFiles } = await build({
    entryPoints: [join(folder, 'src/main.ts')],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    alias: { '@darkroom/client': clientPackage },
    tsconfigRaw: {},
  });
  const page = await readFile(join(folder, 'index.html'), 'utf8');
  const { origin } = new URL(service);
  const files = new Map([
    ['/', { type: 'text/html; charset=utf-8', content: page.replace('%SERVICE%', origin) }],
    ['/style.css', { type: 'text/css; charset=utf-8', content: await readFile(join(folder, 'style.css')) }],
    ['/main.js', { type: 'text/javascript; charset=utf-8', content: outputFiles[0].contents }],
  ]);
  // Pictures may come from an S3 of any address.
  const policy = `default-src 'self'; connect-src ${origin}; img-src http: https: data:; base-uri 'none'; form-action 'none'`;
  const server = createServer((req, res) => {
    const file = files.get(req.url ?? '');
    if (!file) return res.writeHead(404).end();
    res.writeHead(200, { 'content-type': file.type, 'content-security-policy': policy, 'cache-control': 'no-store' });
    res.end(file.content);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://localhost:${server.address().port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if (!existsSync(clientPackage)) {
    process.stderr.write('The client is not built yet: npm run client:build\n');
    process.exit(1);
  }
  const [service = 'http://localhost:8000'] = process.argv.slice(2);
  const { url } = await serveExample({ service });
  process.stdout.write(`${url}, with the service at ${service} (started with CORS_ORIGINS=${url})\n`);
}
