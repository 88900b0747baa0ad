import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { QueryTypes } from 'sequelize';
import { lockSuperusers } from '../../../server/accounts/superusers.ts';
import { advisoryLockSql } from '../../../server/db/advisory-locks.ts';
import { lockInstallation } from '../../../server/installation/installation-record.ts';
import { projectRoot } from '../../../server/project-root.ts';
import { lockTiers } from '../../../server/tiers/tier-words.ts';
import { type OpenTestDatabase, openTestDatabase } from '../../support/open-test-database.ts';

describe('advisory locks', () => {
  let database: OpenTestDatabase;

  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.close());

  it('do not stand in each other’s way', async () => {
    const { sequelize } = database;
    const locks = [lockSuperusers, lockInstallation, lockTiers];
    const holders = await Promise.all(locks.map(() => sequelize.transaction()));
    for (const [at, lock] of locks.entries()) {
      await sequelize.query("SET LOCAL lock_timeout = '200ms'", { transaction: holders[at] });
      await lock(sequelize, holders[at] as never);
    }
    await Promise.all(holders.map((holder) => holder.rollback()));
  });

  it('are held by one transaction at a time, until it ends', async () => {
    const { sequelize } = database;
    const [first, second] = [await sequelize.transaction(), await sequelize.transaction()];
    const isOurs = async (lock: 'tiers' | 'superusers') => {
      const [row] = await sequelize.query(`SELECT ${advisoryLockSql(lock)} AS ours`, {
        type: QueryTypes.SELECT,
        transaction: second,
      });
      return row;
    };
    await lockTiers(sequelize, first);
    expect(await isOurs('tiers')).toEqual({ ours: false });
    expect(await isOurs('superusers')).toEqual({ ours: true });
    await first.rollback();
    expect(await isOurs('tiers')).toEqual({ ours: true });
    await second.rollback();
  });

  it('have their numbers from the one list', () => {
    const rooms = ['server', 'admin', 'core'].map((room) => join(projectRoot, room));
    const strangers = rooms
      .flatMap((room) => readdirSync(room, { recursive: true, encoding: 'utf8' }).map((file) => join(room, file)))
      .filter((file) => file.endsWith('.ts') && !file.endsWith(join('db', 'advisory-locks.ts')))
      .filter((file) => /pg_(try_)?advisory/.test(readFileSync(file, 'utf8')));
    expect(strangers).toEqual([]);
  });
});
