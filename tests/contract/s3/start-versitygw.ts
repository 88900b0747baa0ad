import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import { projectRoot } from '../../../server/project-root.ts';
import { freePort } from '../../support/run-darkroom.ts';
import { s3Setting } from '../../support/s3-settings.ts';

export interface VersityGw {
  port: number;
  endpoint: string;
  accessKeyId: string;
  secretAccessKey: string;
  region: string;
  /** Two new buckets, as settings of the service that uses them. */
  makeBuckets(): Record<string, string>;
  stop(): Promise<void>;
}

export interface VersityGwOptions {
  /** The port, when it has to be known beforehand. */
  port?: number;
  /** Started as `docker-compose.yml` does, by its very script, with these in `.env`. */
  compose?: { appPort: number; environment: Record<string, string> };
}

/** A VersityGW of the test's own, on a folder of its own. */
export async function startVersityGw(options: VersityGwOptions = {}): Promise<VersityGw> {
  const program = s3Setting('SERVER');
  // Beside the project, not in /tmp: it keeps metadata in extended attributes, which not every tmpfs has.
  const folder = mkdtempSync(join(projectRoot, 'build/versitygw/own.'));
  const port = options.port ?? (await freePort());
  const accessKeyId = options.compose?.environment.AWS_ACCESS_KEY_ID ?? 'own-gateway';
  const secretAccessKey = options.compose?.environment.AWS_SECRET_ACCESS_KEY ?? randomBytes(20).toString('hex');
  const listening = { VGW_PORT: `127.0.0.1:${port}`, VGW_QUIET: 'true' };
  const child = options.compose
    ? spawn('sh', ['-euc', composeScript(folder)], {
        env: {
          PATH: `${dirname(program)}:${process.env.PATH}`,
          ...options.compose.environment,
          APP_PORT: String(options.compose.appPort),
          VGW_EVENT_FILTER: join(folder, 'events.json'),
          ...listening,
        },
        stdio: ['ignore', 'ignore', 'pipe'],
      })
    : spawn(program, ['posix', folder], {
        env: { ROOT_ACCESS_KEY_ID: accessKeyId, ROOT_SECRET_ACCESS_KEY: secretAccessKey, ...listening },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const exited = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    if (child.exitCode === null && child.signalCode === null) await exited;
    rmSync(folder, { recursive: true, force: true });
  };
  for (const deadline = Date.now() + 15_000; !(await answers(port)); await sleep(50)) {
    if (child.exitCode === null && Date.now() < deadline) continue;
    await stop();
    throw new Error(`VersityGW did not start:\n${said}`);
  }
  return {
    port,
    endpoint: `http://127.0.0.1:${port}`,
    accessKeyId,
    secretAccessKey,
    region: 'us-east-1',
    makeBuckets() {
      const id = randomBytes(4).toString('hex');
      for (const bucket of ['originals', 'thumbnails']) mkdirSync(join(folder, `${bucket}-${id}`));
      return {
        S3_ENDPOINT: `http://127.0.0.1:${port}`,
        S3_ORIGINALS_BUCKET: `originals-${id}`,
        S3_THUMBNAILS_BUCKET: `thumbnails-${id}`,
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
      };
    },
    stop,
  };
}

/** What the container runs, with this machine's folder and address in the place of the container's. */
function composeScript(folder: string): string {
  const { services } = parse(readFileSync(join(projectRoot, 'docker-compose.yml'), 'utf8'), { merge: true });
  const script: string = services.s3.command[0];
  return script
    .replaceAll('$$', '$')
    .replaceAll('/buckets', join(folder, 'buckets'))
    .replaceAll('/tmp/events.json', join(folder, 'events.json'))
    .replace('@app:', '@127.0.0.1:');
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
