import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { createDiskObjectStore } from '../../../core/storage/disk-object-store.ts';
import { resultKey, thumbnailKey } from '../../../core/storage/object-key.ts';
import type { ObjectStore } from '../../../core/storage/object-store.ts';
import { recipeMetadataName, serializeRecipe } from '../../../core/thumbnails/recipe.ts';
import { projectRoot } from '../../../server/project-root.ts';
import { packageLambda } from '../../../tools/lambda-package.mjs';

// AWS's own program around the handler, in the version of Node that AWS has, on a runtime API as plain as Lambda's.
const recipe = { version: 1 as const, heights: [100, 200], format: 'same' as const };
const keyOf = (number: number) => `0199aaaa-bbbb-7ccc-8ddd-eeeeffff000${number}/0123456789abcdef0123456789abcdef`;
const eventOf = (key: string) => ({
  Records: [{ eventName: 'ObjectCreated:Put', s3: { bucket: { name: 'originals' }, object: { key } } }],
});

/** Hands out one event when it is asked for the next, and waits for what is said of it. */
class RuntimeApi extends EventEmitter {
  readonly #server = createServer((request, response) => void this.#take(request, response));
  /** Asked for the next, and not answered yet. */
  #asking: ServerResponse[] = [];

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Resolves with the call that ends it; rejects when an `error` is emitted meanwhile. */
  async invoke(requestId: string, event: unknown): Promise<{ path: string; body: unknown }> {
    if (this.#asking.length === 0) await once(this, 'asked');
    const response = this.#asking.shift()!;
    // AWS's client takes it for granted that an answer has a type, and crashes without.
    response.setHeader('Content-Type', 'application/json');
    response.setHeader('Lambda-Runtime-Aws-Request-Id', requestId);
    response.setHeader('Lambda-Runtime-Deadline-Ms', Date.now() + 30_000);
    response.setHeader('Lambda-Runtime-Invoked-Function-Arn', 'arn:aws:lambda:eu-central-1:123456789012:function:f');
    response.end(JSON.stringify(event));
    const [call] = await once(this, 'told');
    return call;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.replace('/2018-06-01/runtime/', '') ?? '';
    if (path === 'invocation/next') {
      this.#asking.push(response);
      this.emit('asked');
      return;
    }
    const body = await json(request);
    response.writeHead(202).end();
    this.emit('told', { path, body });
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

let folder: string;
let store: ObjectStore;
let api: RuntimeApi;
let child: ChildProcess;
let output = '';

beforeAll(async () => {
  const tools = execFileSync(join(projectRoot, 'tools/lambda-runtime-client.sh'), { encoding: 'utf8' }).trim();
  folder = await mkdtemp(join(tmpdir(), 'darkroom-runtime-'));
  const outFile = join(folder, 'function.zip');
  await packageLambda({ architecture: process.arch, outFile });
  const unpacked = join(folder, 'task');
  execFileSync('python3', ['-m', 'zipfile', '-e', outFile, unpacked]);
  const objects = join(folder, 'objects');
  const presign = { publicUrl: 'http://localhost', accessKeyId: 'none', secretAccessKey: 'none' };
  store = createDiskObjectStore({ directory: objects, presign });
  api = new RuntimeApi();
  child = spawn(join(tools, 'node_modules/node/bin/node'), [join(tools, 'node_modules/aws-lambda-ric/index.mjs')], {
    cwd: unpacked,
    env: {
      AWS_LAMBDA_RUNTIME_API: await api.listen(),
      AWS_LAMBDA_FUNCTION_NAME: 'darkroom-thumbnails',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1769',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_LOG_GROUP_NAME: 'log',
      AWS_LAMBDA_LOG_STREAM_NAME: 'stream',
      LAMBDA_TASK_ROOT: unpacked,
      _HANDLER: 'index.handler',
      OBJECT_STORE_DIRECTORY: objects,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.once('exit', () => api.emit('error', new Error(`the runtime client ended: ${output}`)));
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (output += text));
}, 600_000);

afterAll(async () => {
  api.on('error', () => {});
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  api.close();
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

async function putOriginal(key: string, bytes: Uint8Array): Promise<void> {
  const metadata = { [recipeMetadataName]: serializeRecipe(recipe) };
  await store.put('originals', key, bytes, { contentType: 'image/png', contentLength: bytes.length, metadata });
}

describe('the package under AWS’s own runtime client', () => {
  it('makes thumbnails, answers what it cannot decode, and goes on after a fault, all in one process', async () => {
    const picture = await sharp({ create: { width: 640, height: 480, channels: 3, background: 'teal' } })
      .png()
      .toBuffer();
    await putOriginal(keyOf(1), picture);
    await putOriginal(keyOf(2), Buffer.from('no picture'));
    const resultOf = (key: string) => ({
      results: [{ originalKey: key, resultKey: resultKey(key, recipe) }],
      missing: [],
    });

    expect(await api.invoke('one', eventOf(keyOf(1)))).toEqual({
      path: 'invocation/one/response',
      body: resultOf(keyOf(1)),
    });
    expect(
      await store.head('thumbnails', thumbnailKey(keyOf(1), recipe, { tierHeight: 200, contentType: 'image/png' })),
    ).not.toBeNull();
    expect(await api.invoke('two', eventOf(keyOf(2)))).toEqual({
      path: 'invocation/two/response',
      body: resultOf(keyOf(2)),
    });
    const unreadable = { Records: [{ ...eventOf(keyOf(1)).Records[0], darkroom: { recipe: 'of another time' } }] };
    const fault = await api.invoke('three', unreadable);
    expect(fault).toMatchObject({ path: 'invocation/three/error', body: { errorType: expect.any(String) } });
    expect(await api.invoke('four', eventOf(keyOf(3)))).toEqual({
      path: 'invocation/four/response',
      body: { results: [], missing: [keyOf(3)] },
    });
    expect(child.exitCode).toBe(null);
    expect(output).toContain('undecodable');
  }, 60_000);
});
