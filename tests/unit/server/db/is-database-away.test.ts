import { describe, expect, it } from '@jest/globals';
import { DatabaseError } from 'sequelize';
import { isDatabaseAway } from '../../../../server/db/is-database-away.ts';

function answered(fields: { code: string; severity?: string; file?: string }): DatabaseError {
  return new DatabaseError(Object.assign(new Error('what PostgreSQL said'), { sql: '', severity: 'ERROR', ...fields }));
}

describe('a database that', () => {
  it.each([
    ['stops', { code: '57P01', severity: 'FATAL', file: 'postgres.c' }],
    ['has a full disk', { code: '53100', file: 'md.c' }],
    ['cannot write its log at a COMMIT, on a read-only disk', { code: '42501', severity: 'PANIC', file: 'xlog.c' }],
    ['cannot write a table, on a read-only disk', { code: '42501', file: 'md.c' }],
    ['cannot write a table, for a reason that has no code', { code: 'XX000', file: 'fd.c' }],
    ['ends the connection, whatever it says', { code: 'XX000', severity: 'FATAL', file: 'proc.c' }],
  ])('%s is away', (_, fields) => {
    expect(isDatabaseAway(answered(fields))).toBe(true);
  });

  it.each([
    ['forbids something', { code: '42501', file: 'aclchk.c' }],
    ['has a fault of its own', { code: 'XX000', file: 'planner.c' }],
    ['has damaged data', { code: 'XX001', file: 'bufmgr.c' }],
    ['finds a value taken', { code: '23505', file: 'nbtinsert.c' }],
  ])('%s is not', (_, fields) => {
    expect(isDatabaseAway(answered(fields))).toBe(false);
  });
});
