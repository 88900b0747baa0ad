import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import sharp from 'sharp';
import type { Image } from '../../core/contracts/image.ts';
import type { Link } from '../../core/contracts/link.ts';
import type { TokenPair } from '../../core/contracts/token.ts';
import { checkPassword } from '../../server/accounts/password-rules.ts';
import { type Config, loadConfig } from '../../server/config.ts';
import { createContainer } from '../../server/container.ts';
import { createSequelize } from '../../server/db/sequelize.ts';
import { secretsDirectory } from '../../server/embedded/data-folder.ts';
import { loadSecrets } from '../../server/embedded/secrets.ts';
import { listen } from '../../server/http/listen.ts';
import { createModels } from '../../server/models.ts';
import { buildMissing } from '../../tools/build.mjs';
import { createTestDatabase } from './create-test-database.ts';

export const password = 'a good password for tests';

export interface StartAppOptions {
  /** Settings beside those of the test database and folder. */
  environment?: Record<string, string>;
  /** Another server of the same database and store; it is closed first. */
  beside?: { config: Config; directory: string };
}

/** An answer that was read to its end. */
export interface Answer {
  status: number;
  headers: Headers;
  bytes: Buffer;
  text: string;
  /** Undefined when the body is no JSON. */
  json: unknown;
  /** Of a problem. */
  code: string | undefined;
}

interface Caller {
  call(path: string, options?: CallOptions): Promise<Answer>;
  /** Sends an object as JSON; a string as it is. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
}

interface CallOptions {
  method?: string;
  headers?: Record<string, string>;
  body?: RequestInit['body'] | Buffer;
}

export type App = Awaited<ReturnType<typeof startApp>>;
export type Client = ReturnType<typeof clientOf>;

/**
 * The whole service in this process, wired as in production: HTTP on a free loopback port, PostgreSQL, the disk store in
 * a folder of its own, and the thumbnail function in its child processes. `admin` has the password `password`.
 */
export async function startApp({ environment = {}, beside }: StartAppOptions = {}) {
  await buildMissing(['lambda']);
  const directory = beside?.directory ?? (await mkdtemp(join(tmpdir(), 'darkroom-app-')));
  const database = beside ? { url: beside.config.databaseUrl ?? '', drop: null } : await createTestDatabase();
  const port = await freePort();
  const config = loadConfig({
    environment: {
      PORT: String(port),
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      DATA_DIR: directory,
      DATABASE_URL: database.url,
      ADMIN_PASSWORD: password,
      LOG_LEVEL: 'debug',
      ...environment,
    },
    checkPassword,
  });
  const logged: string[] = [];
  const logger = pino({ level: config.logLevel }, { write: (line) => void logged.push(line) });
  const stop = new AbortController();
  const { server, serve } = await listen({
    host: '127.0.0.1',
    port,
    uploadTimeoutSeconds: config.uploadTimeoutSeconds,
    stopping: stop.signal,
  });
  const secrets = await loadSecrets(secretsDirectory(config), config.secrets);
  const container = await createContainer({
    config,
    secrets,
    databaseUrl: database.url,
    logger,
    stopping: stop.signal,
    closing: stop.signal,
  });
  await container.firstStart();
  await container.start();
  serve(container.app);
  const url = `http://127.0.0.1:${port}`;
  const sequelize = createSequelize({ url: database.url, poolSize: 2 });
  const models = createModels(sequelize);

  async function call(path: string, { method = 'GET', headers = {}, body }: CallOptions = {}): Promise<Answer> {
    const init = { method, headers, redirect: 'manual', ...(body && { body, duplex: 'half' }) } as RequestInit;
    const response = await fetch(path.startsWith('http') ? path : url + path, init);
    const bytes = Buffer.from(await response.arrayBuffer());
    const text = bytes.toString();
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {}
    const code = (json as { code?: string } | undefined)?.code;
    return { status: response.status, headers: response.headers, bytes, text, json, code };
  }

  const caller: Caller = {
    call,
    post: (path, body, headers = {}) =>
      call(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
  };

  const app = {
    url,
    port,
    config,
    sequelize,
    models,
    useCases: container.useCases,
    directory,
    /** Every line of the log so far, as JSON. */
    logged,
    ...caller,

    async logIn(username: string): Promise<TokenPair> {
      const answer = await caller.post('/token/', { username, password });
      if (answer.status !== 200) throw new Error(`no token: ${answer.status} ${answer.text}`);
      return answer.json as TokenPair;
    },

    async tier(name: string) {
      return models.Tier.findOne({ where: { name }, rejectOnEmpty: true });
    },

    /** A new account on a tier, logged in over HTTP. */
    async as(username: string, tierName: string): Promise<Client> {
      const tierId = (await app.tier(tierName)).id;
      const account = await container.useCases.accounts.create(null, { username, password, tierId }, null);
      return clientOf(caller, account.id, username, await app.logIn(username));
    },

    /** An account that is there already. */
    async logInAs(username: string): Promise<Client> {
      const account = await models.Account.findOne({ where: { username }, rejectOnEmpty: true });
      return clientOf(caller, account.id, username, await app.logIn(username));
    },

    async close() {
      stop.abort();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await container.close();
      await sequelize.close();
      if (database.drop === null) return;
      await database.drop();
      await rm(directory, { recursive: true, force: true });
    },
  };
  return app;
}

interface UploadOptions {
  query?: string;
  headers?: Record<string, string>;
}

function clientOf({ call, post }: Caller, id: string, username: string, tokens: TokenPair) {
  const client = {
    id,
    username,
    tokens,
    authorization: `Bearer ${tokens.access}`,
    call: (path: string, options: CallOptions = {}) =>
      call(path, { ...options, headers: { authorization: client.authorization, ...options.headers } }),
    get: (path: string, headers: Record<string, string> = {}) => client.call(path, { headers }),
    post: (path: string, body: unknown, headers: Record<string, string> = {}) =>
      post(path, body, { authorization: client.authorization, ...headers }),

    upload: (body: CallOptions['body'], { query = '', headers = {} }: UploadOptions = {}) =>
      client.call(`/image/upload${query}`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/octet-stream', ...headers },
      }),

    /** Uploads and waits for the thumbnails; throws unless it was taken. */
    async uploaded(body: Buffer, name?: string): Promise<Image> {
      const query = name === undefined ? '' : `?filename=${encodeURIComponent(name)}`;
      const answer = await client.upload(body, { query, headers: { prefer: 'wait=30' } });
      if (answer.status !== 201) throw new Error(`no upload: ${answer.status} ${answer.text}`);
      return answer.json as Image;
    },

    async image(imageId: string): Promise<Image> {
      const answer = await client.get(`/image/${imageId}`);
      if (answer.status !== 200) throw new Error(`no image: ${answer.status} ${answer.text}`);
      return answer.json as Image;
    },

    async link(parameters: Record<string, unknown>): Promise<Link> {
      const answer = await client.post('/image/expiring/', parameters);
      if (answer.status !== 201) throw new Error(`no link: ${answer.status} ${answer.text}`);
      return answer.json as Link;
    },
  };
  return client;
}

/** Another picture for each seed. */
export function picture(seed = 0, width = 60, height = 40): Promise<Buffer> {
  const background = { r: seed % 256, g: Math.floor(seed / 256) % 256, b: 120 };
  return sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer();
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}
