import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidV7 } from 'uuid';
import { createCounter } from '../../../server/http/shared-counter.ts';
import { type OpenTestDatabase, openTestDatabase } from '../../support/open-test-database.ts';
import { watchStatements } from '../../support/watch-statements.ts';

let database: OpenTestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const counterOf = (sequelize: OpenTestDatabase['sequelize'] | null) =>
  createCounter({ name: 'test', windowSeconds: 60, sequelize });

describe('a counter that servers share', () => {
  it('is exact below a hundred', async () => {
    const [one, other] = [counterOf(database.sequelize), counterOf(database.another().sequelize)];
    const key = uuidV7();
    const counts = await Promise.all(Array.from({ length: 150 }, (_, n) => (n % 2 ? one : other)(key, 99)));
    expect(counts.filter(({ used }) => used <= 99)).toHaveLength(99);
  });

  it('does not take what it told the database itself for that of another', async () => {
    const counter = counterOf(database.sequelize);
    const key = uuidV7();
    await Promise.all(Array.from({ length: 10 }, () => counter(key, 12)));
    expect((await counter(key, 12)).used).toBe(11);
  });

  it('asks the database once for each hundredth of a large limit, and not at all for the first', async () => {
    const counter = counterOf(database.sequelize);
    const key = uuidV7();
    const statements = watchStatements();
    try {
      for (let n = 0; n < 100; n += 1) await counter(key, 10_000);
      expect(statements.count('rate_limits')).toBe(0);
      for (let n = 0; n < 1_000; n += 1) await counter(key, 10_000);
      expect(statements.count('rate_limits')).toBe(10);
    } finally {
      statements.stop();
    }
  });

  it('exceeds a large limit by no more than a hundredth for each server', async () => {
    const servers = [counterOf(database.sequelize), counterOf(database.another().sequelize)];
    const key = uuidV7();
    let passed = 0;
    for (let n = 0; n < 3_000; n += 1) {
      const { used, msLeft } = await servers[n % 2]!(key, 1_000);
      expect(msLeft).toBeLessThanOrEqual(60_000);
      if (used <= 1_000) passed += 1;
    }
    expect(passed).toBeGreaterThanOrEqual(980);
    expect(passed).toBeLessThanOrEqual(1_020);
  });

  it('begins at one in a new window', async () => {
    const counter = createCounter({ name: 'short', windowSeconds: 0.001, sequelize: null });
    expect((await counter('a', 5)).used).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await counter('a', 5)).used).toBe(1);
    expect((await counterOf(null)('a', 5)).used).toBe(1);
  });
});
