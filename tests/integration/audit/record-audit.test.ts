import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { changesBetween, recordAuditOf } from '../../../server/audit/record-audit.ts';
import { type OpenTestDatabase, openTestDatabase } from '../../support/open-test-database.ts';

let database: OpenTestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const actor = { accountId: '0199aaaa-0000-7000-8000-000000000001', username: 'boss' };
const entries = () => database.models.AuditEntry.findAll({ order: [['id', 'DESC']] });

describe('the log', () => {
  it('keeps no secret, whatever somebody gives it', async () => {
    await recordAuditOf(database.models)({
      actor,
      action: 'change',
      changes: {
        password: { from: 'old-secret', to: 'new-secret' },
        passwordHash: { to: '$argon2id$secret' },
        refreshToken: { to: 'secret.jwt' },
        JWT_SECRET: { to: 'secret' },
        'set-cookie': { to: 'secret' },
        email: { from: '', to: 'a@example.org' },
      },
      origin: null,
    });
    const [entry] = await entries();
    expect(JSON.stringify(entry)).not.toMatch(/old-secret|new-secret|argon2|jwt|"secret"/);
    expect(entry!.changes.email).toEqual({ from: '', to: 'a@example.org' });
    expect(entry!.changes.password).toEqual({ to: '(hidden)' });
    expect(entry).toMatchObject({ address: '', requestId: '', actorName: 'boss' });
  });

  it('takes any text that somebody types', async () => {
    const record = recordAuditOf(database.models);
    const text = fc.string({ unit: 'binary', maxLength: 50 });
    const odd = fc.constantFrom('\0', '\ud800', 'a\udc00', '\u0000'.repeat(5), 'x'.repeat(100_000));
    await fc.assert(
      fc.asyncProperty(fc.oneof(text, odd), async (typed) => {
        await record({
          actor: { ...actor, username: typed },
          action: 'login_failed',
          recordTitle: typed,
          changes: { typed: { from: [typed], to: { deep: typed } } },
          origin: { address: typed, requestId: 'r' },
        });
      }),
      { numRuns: 60 },
    );
    for (const { recordTitle } of await entries()) expect(recordTitle.length).toBeLessThanOrEqual(1_000);
  });

  it('is undone with what it tells about', async () => {
    const before = (await entries()).length;
    await database.sequelize
      .transaction(async (transaction) => {
        await recordAuditOf(database.models)({ actor, action: 'undone', origin: null }, transaction);
        throw new Error('undo');
      })
      .catch(() => {});
    expect(await entries()).toHaveLength(before);
  });

  it('cannot be changed or shortened', async () => {
    await recordAuditOf(database.models)({ actor, action: 'stays', origin: null });
    for (const sql of [
      `UPDATE audit_entries SET action = 'other'`,
      'DELETE FROM audit_entries',
      'TRUNCATE audit_entries',
    ]) {
      await expect(database.sequelize.query(sql)).rejects.toThrow('append-only');
    }
  });
});

describe('changesBetween', () => {
  it('tells what differs, and takes lists in any order for the same', () => {
    expect(
      changesBetween({ a: 1, b: [2, 1], c: null, d: undefined, e: { x: 1 }, f: true }, {
        a: 2,
        b: [1, 2],
        c: null,
        d: undefined,
        e: { x: 2 },
        f: true,
      } as never),
    ).toEqual({ a: { from: 1, to: 2 }, e: { from: { x: 1 }, to: { x: 2 } } });
  });
});
