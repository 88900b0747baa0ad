import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase } from '../support/create-test-database.ts';

describe('a test database', () => {
  it('is its own, and its owner is no superuser', async () => {
    const [first, second] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    expect(first.url).not.toBe(second.url);
    const client = new pg.Client({ connectionString: first.url });
    await client.connect();
    await client.query('CREATE TABLE only_here (id int)');
    const { rows } = await client.query('SELECT usesuper FROM pg_user WHERE usename = current_user');
    expect(rows).toEqual([{ usesuper: false }]);
    const migrated = await client.query('SELECT count(*)::int AS migrations FROM migrations');
    expect(migrated.rows[0].migrations).toBeGreaterThan(0);
    await client.end();
    const other = new pg.Client({ connectionString: second.url });
    await other.connect();
    await expect(other.query('SELECT * FROM only_here')).rejects.toThrow('does not exist');
    await other.end();
    await Promise.all([first.drop(), second.drop()]);
  });
});
