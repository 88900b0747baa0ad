import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { aliveKey, installationKey } from '../../../core/storage/object-key.ts';
import type { AccountModel } from '../../../server/accounts/account.model.ts';
import { createAliveMark, letGoOfOlderUploads } from '../../../server/installation/alive-mark.ts';
import { matchInstallation } from '../../../server/installation/match-installation.ts';
import { createSweep } from '../../../server/thumbnailing/sweep.ts';
import { createThumbnailingWorld, silent, type ThumbnailingWorld } from '../../support/thumbnailing-world.ts';

describe('a database that is older than its store', () => {
  let world: ThumbnailingWorld;
  let owner: AccountModel;
  let mark: ReturnType<typeof createAliveMark>;

  beforeAll(async () => {
    world = await createThumbnailingWorld();
    owner = await world.buildAccount(await world.buildTier({ isDefault: true }));
    const config = { s3: null };
    await matchInstallation({ ...world, secrets: null, config, logger: silent });
    mark = createAliveMark(world);
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    await world.sequelize.query('DELETE FROM images; DELETE FROM tombstones; UPDATE accounts SET used_bytes = 5000');
    const keys = world.store.keys('originals').filter((key) => key !== installationKey);
    await world.store.delete('originals', keys);
    await mark.beat();
  });

  /** Its bytes are there; to this database it still runs, or died. */
  const upload = (leaseSeconds: number) =>
    world.buildImage(owner, {
      state: 'uploading',
      reservedBytes: 1000,
      bytes: null,
      sha256: null,
      workDueAt: null,
      uploadLeaseUntil: new Date(Date.now() + leaseSeconds * 1000),
    });
  const turnBack = () => world.sequelize.query("UPDATE installation SET alive_at = alive_at - interval '1 hour'");
  const start = () => letGoOfOlderUploads(world);
  const originals = () => world.store.keys('originals').filter((key) => !key.startsWith('darkroom/'));

  it('lets go of the uploads that ran at the backup, and leaves what they brought to the check', async () => {
    const image = await upload(-30);
    world.store.touch('originals', image.objectKey, new Date(Date.now() - 60_000));
    await turnBack();
    expect(await start()).toBe(1);
    await createSweep(world).runOnce();
    expect(originals()).toEqual([image.objectKey]);
    expect(await world.models.Image.count()).toBe(0);
    expect(await world.models.Tombstone.count()).toBe(0);
    expect(await owner.reload()).toMatchObject({ usedBytes: 5000 });
  });

  it('also when it is from before the mark', async () => {
    await upload(-30);
    await world.sequelize.query('UPDATE installation SET alive_at = NULL');
    expect(await start()).toBe(1);
  });

  it('does so once: what begins after that is nobody else’s', async () => {
    await turnBack();
    expect(await start()).toBe(0);
    await upload(60);
    expect(await start()).toBe(0);
    expect(await world.models.Image.count()).toBe(1);
  });

  it('is not one whose server only died: its dead upload is swept away with its bytes', async () => {
    const image = await upload(-30);
    world.store.touch('originals', image.objectKey, new Date(Date.now() - 60_000));
    expect(await start()).toBe(0);
    await createSweep(world).runOnce();
    expect(originals()).toEqual([]);
  });

  it.each([
    ['no mark', null],
    ['a mark that cannot be read', Buffer.from('{"aliveAt":')],
  ])('cannot be told in a store with %s, and nothing is changed', async (_name, bytes) => {
    if (bytes) await world.store.put('originals', aliveKey, bytes, { contentType: 'application/json' });
    else await world.store.delete('originals', [aliveKey]);
    await upload(60);
    await turnBack();
    expect(await start()).toBe(0);
    expect(await world.models.Image.count()).toBe(1);
  });
});
