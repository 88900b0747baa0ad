import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { projectRoot } from '../../../server/project-root.ts';
import { buildCached } from '../../../tools/build-cached.mjs';

const run = promisify(execFile);

describe('a cached build', () => {
  let root: string;
  let builds: number;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'darkroom-build-'));
    await mkdir(join(root, 'source'));
    await writeFile(join(root, 'source', 'a.ts'), 'one');
    builds = 0;
  });
  afterEach(() => rm(root, { recursive: true }));

  const build = (change: Partial<Parameters<typeof buildCached>[0]> = {}) =>
    buildCached({
      root,
      name: 'part',
      inputs: ['source'],
      announce: '',
      build: async (outDirectory) => {
        builds += 1;
        await writeFile(join(outDirectory, 'out.js'), await readFile(join(root, 'source', 'a.ts')));
      },
      ...change,
    });
  const built = () => readFile(join(root, 'build', 'part', 'out.js'), 'utf8');

  it('is made once, whatever the times of the files say', async () => {
    expect(await build()).toBe(true);
    await utimes(join(root, 'source', 'a.ts'), new Date(), new Date());
    expect(await build()).toBe(false);
    expect([builds, await built()]).toEqual([1, 'one']);
  });

  it('is made anew when a content, a name or what is installed changes', async () => {
    await build();
    await writeFile(join(root, 'source', 'a.ts'), 'two');
    await build();
    expect(await built()).toBe('two');
    await writeFile(join(root, 'source', 'b.ts'), '');
    await build();
    await writeFile(join(root, 'package-lock.json'), '{}');
    await build();
    expect(builds).toBe(4);
  });

  it('takes an old version up again without building', async () => {
    await build();
    await writeFile(join(root, 'source', 'a.ts'), 'two');
    await build();
    await writeFile(join(root, 'source', 'a.ts'), 'one');
    expect(await build()).toBe(false);
    expect(await built()).toBe('one');
  });

  it('leaves the one before in its place when it fails', async () => {
    await build();
    await writeFile(join(root, 'source', 'a.ts'), 'broken');
    const failing = async (outDirectory: string) => {
      await writeFile(join(outDirectory, 'out.js'), 'half');
      throw new Error('does not compile');
    };
    await expect(build({ build: failing })).rejects.toThrow('does not compile');
    expect(await built()).toBe('one');
    expect((await readdir(join(root, 'build', 'versions'))).filter((name) => name.startsWith('unfinished'))).toEqual(
      [],
    );
  });

  it('does no harm when it is made many times at once', async () => {
    await Promise.all(Array.from({ length: 10 }, () => build()));
    expect(await built()).toBe('one');
    expect(await readdir(join(root, 'build', 'versions'))).toHaveLength(1);
    expect((await readdir(join(root, 'build'))).sort()).toEqual(['part', 'versions']);
  });

  it('keeps the newest few, for servers that run from them', async () => {
    for (const content of ['1', '2', '3', '4', '5']) {
      await writeFile(join(root, 'source', 'a.ts'), content);
      await build();
    }
    const versions = await readdir(join(root, 'build', 'versions'));
    expect(versions).toHaveLength(3);
    expect(versions).toContain((await readlink(join(root, 'build', 'part'))).split('/')[1]);
  });

  it('replaces a folder that an older release left in its place', async () => {
    await mkdir(join(root, 'build', 'part', 'old'), { recursive: true });
    await build();
    expect(await readdir(join(root, 'build', 'part'))).toEqual(['out.js']);
  });
});

describe('the version of Node', () => {
  const check = (version: string) =>
    run(process.execPath, [
      '-e',
      `import('${projectRoot}/tools/node-version.mjs').then(({ checkNodeVersion }) => checkNodeVersion('${version}'))`,
    ]);

  it.each(['18.20.8', '20.18.3', '16.0.0'])('%s is refused in a sentence', async (version) => {
    await expect(check(version)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^Darkroom needs Node\.js 20\.19 or newer; this is [\d.]+\. .*\n$/),
    });
  });

  it.each(['20.19.0', '22.0.0', '24.11.1'])('%s is good', async (version) => {
    await expect(check(version)).resolves.toEqual({ stdout: '', stderr: '' });
  });
});
