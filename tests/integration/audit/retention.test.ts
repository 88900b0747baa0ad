import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { QueryTypes } from 'sequelize';
import { removeOldEntriesOf } from '../../../server/audit/remove-old-entries.ts';
import { advisoryLockSql } from '../../../server/db/advisory-locks.ts';
import { type OpenTestDatabase, openTestDatabase } from '../../support/open-test-database.ts';

const { signal } = new AbortController();

describe('the retention of the log', () => {
  let database: OpenTestDatabase;
  beforeEach(async () => {
    database = await openTestDatabase();
  });
  afterEach(() => database.close());

  const query = (sql: string) => database.sequelize.query(sql, { type: QueryTypes.SELECT });
  const add = (days: number, count = 1) =>
    query(`INSERT INTO audit_entries (id, at, action, record_title)
      SELECT gen_random_uuid(), now() - interval '${days} days', 'login', '${days}' FROM generate_series(1, ${count})`);
  const left = async () =>
    (await database.models.AuditEntry.findAll({ order: ['at'] })).map(({ recordTitle }) => recordTitle);
  const remove = (retentionDays: number) => removeOldEntriesOf({ ...database, retentionDays })(signal);

  it('removes whole days that are past it, and the log tells of it', async () => {
    for (const days of [500, 402, 399, 0]) await add(days);
    expect(await remove(400)).toEqual({ purged: 2, more: false });
    expect(await left()).toEqual(['399', '0', '']);
    const entry = await database.models.AuditEntry.findOne({ where: { action: 'remove_old' }, rejectOnEmpty: true });
    expect(entry).toMatchObject({ resource: 'log', actorId: null, changes: { entries: { from: 2, to: 0 } } });
    expect(entry.changes.before?.to).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(await remove(400)).toEqual({ purged: 0, more: false });
    expect(await left()).toHaveLength(3);
  });

  it('goes on over several batches', async () => {
    await add(500, 4_100);
    expect(await remove(400)).toEqual({ purged: 4_100, more: false });
    expect(await database.models.AuditEntry.count()).toBe(3);
  });

  it('of 0 days keeps everything', async () => {
    await add(5_000);
    expect(await remove(0)).toEqual({ purged: 0, more: false });
    expect(await left()).toEqual(['5000']);
  });

  it('is the work of one server at a time', async () => {
    await add(500);
    const another = await database.sequelize.transaction();
    await database.sequelize.query(`SELECT ${advisoryLockSql('log-retention')}`, { transaction: another });
    expect(await remove(400)).toEqual({ purged: 0, more: false });
    await another.rollback();
    expect(await remove(400)).toEqual({ purged: 1, more: false });
  });

  it.each([
    ['a DELETE', "DELETE FROM audit_entries WHERE at < now() - interval '400 days'"],
    ['one that names the function', 'DELETE FROM audit_entries /* remove_old_audit_entries(integer,integer) */'],
    [
      'one within a block',
      'DO $$ BEGIN DELETE FROM audit_entries /* remove_old_audit_entries(integer,integer) */; END $$',
    ],
    ['an UPDATE', "UPDATE audit_entries SET actor_name = ''"],
    ['a TRUNCATE', 'TRUNCATE audit_entries'],
    ['a model', ''],
  ])('leaves the log append-only for %s', async (_, sql) => {
    await add(500);
    const change = sql ? query(sql) : database.models.AuditEntry.destroy({ where: {} });
    await expect(change).rejects.toThrow('the log is append-only');
    expect(await left()).toEqual(['500']);
  });

  it('is called by nobody who does not hold its lock, and never for less than a day', async () => {
    await add(500);
    await expect(query('SELECT remove_old_audit_entries(400, 10)')).rejects.toThrow('only the retention of the log');
    await expect(query(`SELECT ${advisoryLockSql('log-retention')}, remove_old_audit_entries(0, 10)`)).rejects.toThrow(
      'at least one day',
    );
    const [grant] = await query(
      `SELECT has_function_privilege('public', 'remove_old_audit_entries(integer, integer)', 'EXECUTE') AS everybody`,
    );
    expect(grant).toEqual({ everybody: false });
    expect(await left()).toEqual(['500']);
  });
});
