import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from './root.mjs';

/** Nothing of the settings of a real installation may reach a throwaway one. */
const settingsToDrop = /^(DATABASE_URL|S3_|AWS_|PUBLIC_URL|ADMIN_|JWT_|LINK_|SESSION_|RATE_LIMIT_|THUMBNAIL_|RESULTS_)/;

/**
 * Starts what is built, in a temporary folder and on a free port of loopback. `admin` has the password that
 * `adminPassword` says.
 *
 * @returns {Promise<{ url: string, adminPassword: string,
 *   manage(args: string[], input?: string): Promise<void>,
 *   createUser(name: string, tier: string, password: string): Promise<void>, stop(): Promise<void> }>}
 */
export async function startThrowaway() {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'darkroom-throwaway-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const adminPassword = 'nobody keeps this one';
  const kept = Object.entries(process.env).filter(([name]) => !settingsToDrop.test(name));
  const env = {
    ...Object.fromEntries(kept),
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    PORT: String(port),
    PUBLIC_URL: url,
    DATA_DIR: dataDirectory,
    ADMIN_PASSWORD: adminPassword,
  };
  // In a folder without a .env.
  const child = spawn(process.execPath, [join(root, 'build/server/main.js')], {
    env,
    cwd: dataDirectory,
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill();
    await ended;
    await rm(dataDirectory, { recursive: true, force: true });
  };
  try {
    await ready(url, child);
  } catch (error) {
    await stop();
    throw error;
  }
  const manage = async (args, input = '') => {
    const command = spawn(process.execPath, [join(root, 'build/server/manage.js'), ...args], {
      env,
      cwd: dataDirectory,
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    command.stdin.end(input);
    const [code] = await once(command, 'exit');
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`);
  };
  return {
    url,
    adminPassword,
    stop,
    manage,
    createUser: (name, tier, password) =>
      manage(['createuser', name, '--tier', tier, '--password-stdin'], `${password}\n`),
  };
}

async function ready(url, child) {
  for (let tries = 0; tries < 600 && child.exitCode === null; tries += 1) {
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.ok) return;
    await sleep(100);
  }
  throw new Error('the service did not start; npm start says why');
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
