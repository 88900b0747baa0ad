import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { projectRoot } from '../../server/project-root.ts';
import { type App, password, picture, startApp } from '../support/start-app.ts';

const run = promisify(execFile);
const program = `
import { createDarkroomClient, DarkroomError, type Image } from '@darkroom/client';

const [url = '', username = '', password = ''] = process.argv.slice(2);
const darkroom = createDarkroomClient({ url });
const code = (promise: Promise<unknown>) =>
  promise.then(() => 'none', (error: unknown) => (error instanceof DarkroomError ? error.code : String(error)));

const wrong = await code(darkroom.login(username, 'not this one'));
await darkroom.login(username, password);
const changes: string[] = [];
const watch = darkroom.images.onChange.subscribe(undefined, {
  onData: ({ data }) => void changes.push(data.type === 'image' ? data.image.status : data.type),
});
const heard = async (change: string) => {
  while (!changes.includes(change)) await new Promise((resolve) => setTimeout(resolve, 20));
};
await heard('position');
const progress: number[] = [];
const options = { onProgress: ({ sentBytes }: { sentBytes: number }) => void progress.push(sentBytes) };
const uploaded: Image = await darkroom.upload('cat.png', options);
const image = await darkroom.waitUntilReady(uploaded.id);
await heard('ready');
const link = await darkroom.links.create.mutate({ image: image.id, expireTime: 300 });
const opened = await fetch(link.url);
const { items, nextCursor } = await darkroom.images.list.query({ limit: 10 });
const stream = await darkroom.upload(new Blob([await opened.arrayBuffer()]).stream(), { name: 'dog.png', wait: 5 });
const taken = await code(darkroom.upload('cat.png', { onConflict: 'error' }));
const notAnImage = await code(darkroom.upload(new Uint8Array(10)));
const changed = await code(darkroom.upload('cat.png', { digest: '0'.repeat(64) }));
const invalid = await code(darkroom.images.list.query({ limit: 5000 }));
await darkroom.images.delete.mutate({ id: stream.id });
await heard('deleted');
watch.unsubscribe();
const me = await darkroom.me.query();
await darkroom.logout();
const out = await code(darkroom.me.query());
// @ts-expect-error: the client knows what a rename needs
if (url === '') await darkroom.images.rename.mutate({ id: image.id });
console.log(JSON.stringify({
  status: image.status, heights: image.thumbnails.map(({ height }) => height), progress: progress.at(-1),
  bytes: image.bytes, names: items.map(({ name }) => name), nextCursor, opened: opened.status, stream: stream.name,
  tier: me.tier.name, wrong, taken, notAnImage, changed, invalid, out,
}));
`;

let app: App;
let folder: string;
beforeAll(async () => {
  app = await startApp();
  folder = await mkdtemp(join(tmpdir(), 'darkroom-client-'));
  await run('npm', ['run', 'client:build'], { cwd: projectRoot });
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: join(projectRoot, 'client'),
  });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'app', private: true, type: 'module' }));
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', `./${filename}`], { cwd: folder });
  const strict = {
    strict: true,
    skipLibCheck: false,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
  };
  const compilerOptions = {
    ...strict,
    ...{
      target: 'es2022',
      module: 'nodenext',
      lib: ['es2023', 'dom', 'dom.iterable', 'dom.asynciterable'],
      outDir: 'out',
      rewriteRelativeImportExtensions: true,
    },
    ...{ types: ['node'], typeRoots: [join(projectRoot, 'node_modules/@types')] },
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src', 'examples'] }));
  await mkdir(join(folder, 'src'));
  await mkdir(join(folder, 'examples'));
  await writeFile(join(folder, 'src/app.ts'), program);
  await cp(join(projectRoot, 'client/example/src'), join(folder, 'src/example'), { recursive: true });
  const readme = await readFile(join(projectRoot, 'client/README.md'), 'utf8');
  const examples = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code ?? '');
  expect(examples.length).toBeGreaterThan(4);
  await Promise.all(examples.map((code, index) => writeFile(join(folder, `examples/${index}.ts`), code)));
}, 300_000);
afterAll(async () => {
  await app?.close();
  await rm(folder, { recursive: true, force: true });
});

describe('the client package, installed in an empty folder', () => {
  it('brings tRPC and nothing of the service, in types without any', async () => {
    const lock = JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8')) as { packages: object };
    const packages = Object.keys(lock.packages).filter((path) => !/^$|typescript/.test(path));
    expect(packages.map((path) => path.replace('node_modules/', '')).sort()).toEqual([
      '@darkroom/client',
      '@trpc/client',
      '@trpc/server',
    ]);
    const types = await readFile(join(folder, 'node_modules/@darkroom/client/dist/index.d.ts'), 'utf8');
    expect(types.replaceAll(/\/\*\*.*?\*\//gs, '')).not.toMatch(/\bany\b/);
    expect([...types.matchAll(/from '([^']+)'/g)].map(([, from]) => from)).toEqual(['@trpc/server', '@trpc/client']);
  });

  it('compiles strictly with an app, with the example app and with the examples of its README, and the app works', async () => {
    const tsc = join(projectRoot, 'node_modules/typescript/bin/tsc');
    const compiled = await run(process.execPath, [tsc, '-p', '.'], { cwd: folder }).catch((error: object) => error);
    expect(compiled).toMatchObject({ stdout: '' });
    const cat = await picture(1, 600, 500);
    await writeFile(join(folder, 'cat.png'), cat);
    await app.as('client-user', 'Enterprise');
    const main = join(folder, 'out/src/app.js');
    const { stdout } = await run(process.execPath, [main, app.url, 'client-user', password], {
      cwd: folder,
      timeout: 60_000,
    });
    expect(JSON.parse(stdout)).toEqual({
      ...{ status: 'ready', heights: [200, 400], progress: cat.length, bytes: cat.length, names: ['cat.png'] },
      ...{ nextCursor: null, opened: 200, stream: 'dog.png', tier: 'Enterprise', wrong: 'invalid_credentials' },
      ...{
        taken: 'name_taken',
        notAnImage: 'unsupported_type',
        changed: 'digest_mismatch',
        invalid: 'invalid_request',
      },
      out: 'not_authenticated',
    });
  }, 120_000);
});
