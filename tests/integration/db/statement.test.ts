import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DatabaseError, UniqueConstraintError } from 'sequelize';
import { createSequelize } from '../../../server/db/sequelize.ts';
import { definedStatements, defineStatement, execute, executeForOne } from '../../../server/db/statement.ts';
import { type OpenTestDatabase, openTestDatabase } from '../../support/open-test-database.ts';
// Every statement of the service is defined by what the container wires.
import '../../../server/container.ts';
import { describeStatement } from '../../support/describe-statement.ts';

let database: OpenTestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const addGroup = defineStatement<
  { id: string; name: string; version: number; createdAt: Date },
  [id: string, name: string]
>({
  name: 'test.add-group',
  columns: { id: 'uuid', name: 'citext', version: 'int4', createdAt: 'timestamptz' },
  text: `INSERT INTO groups (id, name) VALUES ($1, $2) RETURNING id, name, version, created_at AS "createdAt"`,
});
const countGroups = defineStatement<{ count: number }>({
  name: 'test.count-groups',
  columns: { count: 'int8' },
  text: 'SELECT count(*) AS count FROM groups',
});
const id = '01900000-0000-7000-8000-000000000001';

describe('a statement', () => {
  it('gives rows with the types it names', async () => {
    const row = await executeForOne(database.sequelize, addGroup, [id, 'Editors']);
    expect(row).toEqual({ id, name: 'Editors', version: 1, createdAt: expect.any(Date) });
    expect(await execute(database.sequelize, countGroups, [])).toEqual({ rows: [{ count: 1 }], rowCount: 1 });
  });

  it('throws the error that Sequelize would throw', async () => {
    const again = execute(database.sequelize, addGroup, ['01900000-0000-7000-8000-000000000002', 'editors']);
    await expect(again).rejects.toBeInstanceOf(UniqueConstraintError);
  });

  it('sees what its transaction wrote, and leaves nothing behind after a rollback', async () => {
    const transaction = await database.sequelize.transaction();
    await execute(transaction, addGroup, ['01900000-0000-7000-8000-000000000003', 'Guests']);
    expect(await executeForOne(transaction, countGroups, [])).toEqual({ count: 2 });
    await transaction.rollback();
    expect(await executeForOne(database.sequelize, countGroups, [])).toEqual({ count: 1 });
    await expect(execute(transaction, countGroups, [])).rejects.toThrow('the transaction has ended');
  });

  it('is prepared once per connection, and never where prepared statements are turned off', async () => {
    const prepared = defineStatement<{ count: number }>({
      name: 'test.count-prepared',
      columns: { count: 'int8' },
      text: `SELECT count(*) AS count FROM pg_prepared_statements WHERE name = 'test.count-groups'`,
    });
    for (const [turnOff, expected] of [
      [false, 1],
      [true, 0],
    ] as const) {
      const sequelize = createSequelize({ url: database.url, preparedStatements: !turnOff });
      await sequelize.transaction(async (transaction) => {
        await execute(transaction, countGroups, []);
        await execute(transaction, countGroups, []);
        expect(await executeForOne(transaction, prepared, [])).toEqual({ count: expected });
      });
      await sequelize.close();
    }
  });

  it('gives its connection back after an error', async () => {
    const broken = defineStatement<{ one: number }>({
      name: 'test.broken',
      columns: { one: 'int4' },
      text: 'SELECT 1/0 AS one',
    });
    for (let i = 0; i < 25; i++) {
      await expect(execute(database.sequelize, broken, [])).rejects.toBeInstanceOf(DatabaseError);
    }
  });

  it('must have a name of its own', () => {
    const twice = () => defineStatement({ name: 'test.broken', columns: {}, text: 'SELECT 1' });
    expect(twice).toThrow('two statements are named test.broken');
  });
});

describe('every statement of the service', () => {
  it('has the columns and types that PostgreSQL gives it', async () => {
    const wrong: Record<string, unknown> = {};
    const service = definedStatements().filter(({ name }) => !name.startsWith('test.'));
    for (const statement of service) {
      const actual = await describeStatement(database.url, statement.text);
      if (JSON.stringify(actual) !== JSON.stringify(statement.columns))
        wrong[statement.name] = { actual, declared: statement.columns };
    }
    expect(wrong).toEqual({});
  });

  it('is refused by this test when a column does not exist', async () => {
    await expect(describeStatement(database.url, 'SELECT no_such_column FROM images')).rejects.toThrow(
      'no_such_column',
    );
  });
});
