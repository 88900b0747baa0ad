import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { installationKey } from '../../../core/storage/object-key.ts';
import type { ObjectStore } from '../../../core/storage/object-store.ts';
import type { Secrets } from '../../../server/embedded/secrets.ts';
import { type MatchInstallationDeps, matchInstallation } from '../../../server/installation/match-installation.ts';
import { buildAccount } from '../../support/builders/build-account.ts';
import { buildStoredImage } from '../../support/builders/build-stored-image.ts';
import { createMemoryObjectStore, type MemoryObjectStore } from '../../support/memory-object-store.ts';
import { type OpenTestDatabase, openTestDatabase } from '../../support/open-test-database.ts';

function newSecrets(): Secrets {
  const secret = () => ({ current: randomBytes(24).toString('hex'), previous: null });
  const diskStore = { accessKeyId: 'a', secretAccessKey: 'b' };
  return { jwt: secret(), link: secret(), session: secret(), diskStore };
}

describe('database, buckets and secrets', () => {
  let databases: OpenTestDatabase[];
  let database: OpenTestDatabase;
  let store: MemoryObjectStore;
  let secrets: Secrets;
  let warned: unknown[];

  async function openDatabase(): Promise<OpenTestDatabase> {
    const opened = await openTestDatabase();
    databases.push(opened);
    return opened;
  }

  const start = (changed: Partial<MatchInstallationDeps> = {}) =>
    matchInstallation({
      sequelize: database.sequelize,
      store,
      secrets,
      config: { s3: null },
      logger: { warn: (...told: unknown[]) => void warned.push(told[0]) },
      waitMilliseconds: 0,
      ...changed,
    });

  async function refusal(changed: Partial<MatchInstallationDeps> = {}): Promise<string> {
    const error = await start(changed).then(
      () => null,
      (thrown: Error) => thrown,
    );
    expect(error?.name).toBe('StartupError');
    return error?.message ?? '';
  }

  beforeEach(async () => {
    databases = [];
    warned = [];
    database = await openDatabase();
    store = createMemoryObjectStore();
    secrets = newSecrets();
  });
  afterEach(() => Promise.all(databases.map((one) => one.close())));

  const haveImage = async () => {
    const owner = await buildAccount(database.models);
    await buildStoredImage({ models: database.models, store }, { ownerId: owner.id });
  };

  it('are marked by the first server, and let the next ones in', async () => {
    const id = await start();
    expect(await start()).toBe(id);
    expect(await start({ sequelize: database.another().sequelize })).toBe(id);
    expect([store.keys('originals'), store.keys('thumbnails')]).toEqual([[installationKey], [installationKey]]);
    expect(store.calls.put).toBe(2);
    expect(warned).toEqual([]);
  });

  it('are marked once by many servers that start at once', async () => {
    const others = Array.from({ length: 6 }, () => database.another().sequelize);
    const ids = await Promise.all(others.map((sequelize) => start({ sequelize })));
    expect(new Set(ids).size).toBe(1);
  });

  it('keep nothing of a secret', async () => {
    await start();
    const kept = await contentOf(store);
    const [rows] = await database.sequelize.query('SELECT * FROM installation');
    for (const { current } of [secrets.jwt, secrets.link, secrets.session]) {
      expect(kept + JSON.stringify(rows)).not.toContain(current.slice(0, 12));
    }
  });

  it('refuse a server with other secrets, and tell which and what to do', async () => {
    await start();
    const link = newSecrets().link;
    const told = await refusal({ secrets: { ...secrets, link } });
    expect(told).toMatch(/^LINK_SECRET of this server is another/);
    expect(told).toContain('LINK_SECRET_PREVIOUS');
    expect(told).not.toContain(link.current);
    const all = await refusal({ secrets: newSecrets() });
    expect(all).toMatch(/^JWT_SECRET and LINK_SECRET and SESSION_SECRET of this server are others/);
    await start();
  });

  it('follow a change of a secret whose previous one is given', async () => {
    const id = await start();
    const jwt = { current: randomBytes(24).toString('hex'), previous: secrets.jwt.current };
    const changed = { ...secrets, jwt };
    expect(await start({ secrets: changed })).toBe(id);
    expect(await start({ secrets: { ...changed, jwt: { ...jwt, previous: null } } })).toBe(id);
    expect(await refusal()).toContain('JWT_SECRET of this server is another');
  });

  it('refuse buckets of another installation', async () => {
    await start();
    const others = createMemoryObjectStore();
    const other = await openDatabase();
    await start({ sequelize: other.sequelize, store: others });
    const before = await contentOf(others);
    expect(await refusal({ store: others })).toMatch(/^The buckets belong to another installation/);
    expect(await contentOf(others)).toBe(before);
  });

  it('refuse two buckets of two installations, adopted or not', async () => {
    await start();
    const others = createMemoryObjectStore();
    await start({ sequelize: (await openDatabase()).sequelize, store: others });
    const mixed: ObjectStore = {
      ...store,
      get: (bucket, key) => (bucket === 'originals' ? store : others).get(bucket, key),
    };
    expect(await refusal({ store: mixed })).toContain('belong to two installations');
    expect(await refusal({ store: mixed, isAdopting: true })).toContain('belong to two installations');
    expect(await refusal({ store: mixed, sequelize: (await openDatabase()).sequelize })).toContain('two installations');
  });

  it('refuse buckets without a mark when the database knows images', async () => {
    await start();
    await haveImage();
    const empty = createMemoryObjectStore();
    expect(await refusal({ store: empty })).toMatch(/^The bucket of the originals and the thumbnails is not the one/);
    expect([empty.keys('originals'), empty.keys('thumbnails')]).toEqual([[], []]);
    await store.delete('thumbnails', [installationKey]);
    expect(await refusal()).toMatch(/^The bucket of the thumbnails is not the one/);
  });

  it('take new buckets while the database knows no image', async () => {
    const id = await start();
    store = createMemoryObjectStore();
    expect(await start()).toBe(id);
  });

  it('begin with a new database in front of full buckets, and say so', async () => {
    const id = await start();
    const photograph = 'a photograph';
    await store.put('originals', 'somebody/photograph', Buffer.from(photograph), { contentType: 'image/png' });
    database = await openDatabase();
    expect(await start({ secrets: newSecrets() })).toBe(id);
    expect(warned).toEqual([expect.stringContaining(`the buckets belong to installation ${id}`)]);
    expect(store.keys('originals')).toContain('somebody/photograph');
  });

  it('begin with a database from before a change of secrets', async () => {
    await start();
    const changed = newSecrets();
    const [old] = await database.sequelize.query('SELECT secrets_fingerprint AS f FROM installation');
    const previous = { ...changed, jwt: { ...changed.jwt, previous: secrets.jwt.current } };
    previous.link = { ...changed.link, previous: secrets.link.current };
    previous.session = { ...changed.session, previous: secrets.session.current };
    await start({ secrets: previous });
    await database.sequelize.query('UPDATE installation SET secrets_fingerprint = $1', {
      bind: [(old as { f: string }[])[0]?.f],
    });
    await start({ secrets: changed });
    await start({ secrets: changed });
  });

  it('are one again after somebody says so', async () => {
    await start();
    await haveImage();
    store = createMemoryObjectStore();
    secrets = newSecrets();
    const id = await start({ isAdopting: true });
    expect(await start()).toBe(id);

    const others = createMemoryObjectStore();
    const otherId = await start({ sequelize: (await openDatabase()).sequelize, store: others });
    expect(await start({ store: others, isAdopting: true })).toBe(otherId);
    expect(await start({ store: others })).toBe(otherId);
  });

  it('are looked at without secrets by commands, which change no fingerprint', async () => {
    await start();
    await start({ secrets: null });
    expect(await refusal({ secrets: newSecrets() })).toContain('JWT_SECRET');
  });

  it('leave a mark alone that nobody can read', async () => {
    await store.put('originals', installationKey, Buffer.from('{'), { contentType: 'application/json' });
    await expect(start()).rejects.toThrow('cannot be read');
    expect(store.keys('thumbnails')).toEqual([]);
  });

  it('wait for a store that is away, and tell why they do not start', async () => {
    store.isAway = true;
    expect(await refusal()).toContain('The object store does not work');
    const starting = start({ waitMilliseconds: 20_000 });
    setTimeout(() => {
      store.isAway = false;
    }, 300);
    await expect(starting).resolves.toEqual(expect.any(String));
  });
});

async function contentOf(store: ObjectStore): Promise<string> {
  const marks = await Promise.all(
    (['originals', 'thumbnails'] as const).map(async (bucket) => {
      const object = await store.get(bucket, installationKey);
      return object ? text(object.body) : '';
    }),
  );
  return marks.join();
}
