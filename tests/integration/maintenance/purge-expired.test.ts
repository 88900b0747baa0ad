import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { QueryTypes } from 'sequelize';
import { v7 as uuidV7 } from 'uuid';
import { advisoryLockSql } from '../../../server/db/advisory-locks.ts';
import { purgeExpiredOf } from '../../../server/maintenance/purge-expired.ts';
import { createThumbnailingWorld, type ThumbnailingWorld } from '../../support/thumbnailing-world.ts';

const { signal } = new AbortController();

describe('purging', () => {
  let world: ThumbnailingWorld;
  let ownerId: string;

  beforeEach(async () => {
    world = await createThumbnailingWorld();
    ownerId = (await world.buildAccount(await world.buildTier())).id;
  });
  afterEach(() => world.close());

  const purge = () => purgeExpiredOf(world)(signal);
  const read = async (sql: string) => world.sequelize.query(sql, { type: QueryTypes.SELECT });
  const addPast = (count: number) =>
    read(`INSERT INTO rate_limits (key, points, expire) SELECT 'past ' || n, 1, n FROM generate_series(1, ${count}) n`);
  const limits = async () => (await read('SELECT count(*)::int AS count FROM rate_limits'))[0];

  it('goes on over many batches, and leaves the rest of a flood for its next round', async () => {
    await addPast(20_500);
    expect(await purge()).toEqual({ purged: 20_000, more: true });
    expect(await purge()).toEqual({ purged: 500, more: false });
    expect(await limits()).toEqual({ count: 0 });
  });

  it('is done by one server at a time', async () => {
    await addPast(5);
    const another = await world.sequelize.transaction();
    await world.sequelize.query(`SELECT ${advisoryLockSql('purge')}`, { transaction: another });
    expect(await purge()).toEqual({ purged: 0, more: false });
    await another.rollback();
    expect(await purge()).toEqual({ purged: 5, more: false });
  });

  it('takes used refresh tokens that name their family after an hour, and those of an ended family when they expire', async () => {
    const hour = 3_600_000;
    const ago = (hours: number) => new Date(Date.now() - hours * hour);
    const base = { accountId: ownerId, expiresAt: ago(-24), namesFamily: true };
    const token = (name: string, fields: object) => ({ ...base, id: uuidV7(), familyId: uuidV7(), name, ...fields });
    const tokens = [
      token('live', {}),
      token('just used', { usedAt: ago(0.9) }),
      token('long used', { usedAt: ago(1.1) }),
      token('long used, of an ended family', { usedAt: ago(2), revokedAt: ago(1.5) }),
      token('long used, family not named', { usedAt: ago(2), namesFamily: false }),
      token('expired', { expiresAt: ago(0.1), revokedAt: ago(2) }),
    ];
    await world.models.RefreshToken.bulkCreate(tokens);
    expect(await purge()).toEqual({ purged: 2, more: false });
    const left = new Set((await world.models.RefreshToken.findAll()).map(({ id }) => id));
    expect(tokens.filter(({ id }) => !left.has(id)).map(({ name }) => name)).toEqual(['long used', 'expired']);
  });

  it('takes sessions of the panel that have ended, and links that were revoked long ago', async () => {
    const { id: imageId } = await world.buildImage(
      await world.models.Account.findByPk(ownerId, { rejectOnEmpty: true }),
    );
    await read(`INSERT INTO sessions (sid, sess, expire) SELECT age::text, '{}', localtimestamp - age
      FROM unnest('{1 second, -1 hour}'::interval[]) age`);
    await read(`INSERT INTO expiring_links (id, image_id, owner_id, expire_time_seconds, expires_at, revoked_at)
      SELECT gen_random_uuid(), '${imageId}', '${ownerId}', 300, now() + interval '1 day', now() - age
      FROM unnest('{31 days, 29 days, null}'::interval[]) age`);
    expect(await purge()).toEqual({ purged: 2, more: false });
    expect(await read('SELECT count(*)::int AS count FROM sessions')).toEqual([{ count: 1 }]);
    expect(await world.models.ExpiringLink.count()).toBe(2);
  });
});
