import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadSecrets } from '../../../../server/embedded/secrets.ts';

const nothing = { current: null, previous: null };
const none = { jwt: nothing, link: nothing, session: nothing };

describe('secrets', () => {
  let folder: string;
  let directory: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'darkroom-secrets-'));
    directory = join(folder, 'secrets');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('are made once, kept, all different, and for the owner alone', async () => {
    const first = await loadSecrets(directory, none);
    expect(await loadSecrets(directory, none)).toEqual(first);
    const { jwt, link, session, diskStore } = first;
    const all = [jwt.current, link.current, session.current, diskStore.accessKeyId, diskStore.secretAccessKey];
    expect(new Set(all).size).toBe(5);
    for (const one of [jwt, link, session]) expect(one.current).toMatch(/^[0-9a-f]{96}$/);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    for (const name of await readdir(directory)) {
      expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600);
    }
  });

  it('that were given are used, and not written down', async () => {
    const given = { current: 'given', previous: 'before' };
    const secrets = await loadSecrets(directory, { ...none, jwt: given });
    expect(secrets.jwt).toEqual(given);
    expect(await readdir(directory)).not.toContain('jwt-key');
  });

  it('are the same for many who start at once, and leave no half-written file', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => loadSecrets(directory, none)));
    expect(new Set(all.map((one) => JSON.stringify(one))).size).toBe(1);
    expect((await readdir(directory)).filter((name) => name.endsWith('.new'))).toEqual([]);
  });

  it('that are damaged stop the start, and are not replaced', async () => {
    await loadSecrets(directory, none);
    const file = join(directory, 'link-key');
    await writeFile(file, 'short');
    await expect(loadSecrets(directory, none)).rejects.toMatchObject({
      name: 'StartupError',
      message: expect.stringContaining(file),
    });
    expect(await readFile(file, 'utf8')).toBe('short');
  });
});
