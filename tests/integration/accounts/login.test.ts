import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { hash as argon2Hash } from '@node-rs/argon2';
import { authenticatePasswordOf, type LoginAttempt } from '../../../server/accounts/authenticate-password.ts';
import { createLoginThrottle, type LoginThrottleOptions } from '../../../server/accounts/login-throttle.ts';
import { createPasswords, type Passwords } from '../../../server/accounts/passwords.ts';
import { recordAuditOf } from '../../../server/audit/record-audit.ts';
import type { Database } from '../../../server/models.ts';
import { accountUseCases } from '../../support/account-world.ts';
import { buildAccount } from '../../support/builders/build-account.ts';
import { type OpenTestDatabase, openTestDatabase } from '../../support/open-test-database.ts';
import { watchStatements } from '../../support/watch-statements.ts';

const right = 'a-right-password-1';
const wrong = 'a-wrong-password-1';
const refused = {
  code: 'invalid_credentials',
  status: 401,
  detail: 'No active account found with the given credentials',
};
const blocked = { code: 'rate_limited', status: 429 };

let database: OpenTestDatabase;
let compared = 0;

function counting(real: Passwords): Passwords {
  return {
    ...real,
    verify: (hash, password) => {
      compared += 1;
      return real.verify(hash, password);
    },
  };
}
const realPasswords = counting(createPasswords());
/** For tests of the counters alone, which need hundreds of guesses. */
const quickPasswords = counting({
  ...createPasswords(),
  verify: async (hash, password) => hash !== null && password === right,
  needsRehash: () => false,
});
let passwords = realPasswords;

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.sequelize.query('TRUNCATE rate_limits');
  compared = 0;
});

function loginOf(on: Database = database, throttling: Partial<LoginThrottleOptions> = {}) {
  const authenticate = authenticatePasswordOf({
    ...on,
    passwords,
    throttle: createLoginThrottle({ sequelize: on.sequelize, ...throttling }),
    recordAudit: recordAuditOf(on.models),
  });
  return (username: string, password: string, given: Partial<LoginAttempt> & { address?: string } = {}) => {
    const { address = '192.0.2.1', ...rest } = given;
    return authenticate({ username, password, via: 'rest', origin: { address, requestId: 'request-1' }, ...rest });
  };
}

async function failures(login: ReturnType<typeof loginOf>, count: number, username: string, address?: string) {
  for (let round = 0; round < count; round += 1) {
    await expect(login(username, wrong, { address })).rejects.toMatchObject(refused);
  }
}

const lastEntries = (count: number) => database.models.AuditEntry.findAll({ order: [['id', 'DESC']], limit: count });

describe('logging in', () => {
  it('gives the account, notes the time, and writes it down', async () => {
    const account = await buildAccount(database.models, { username: 'Alice', password: right });
    const before = Date.now();
    const entered = await loginOf()('aLICE', right, { via: 'trpc', address: '198.51.100.7' });
    expect(entered.id).toBe(account.id);
    expect(entered.lastLogin!.getTime()).toBeGreaterThanOrEqual(before - 1);
    expect(entered.version).toBe(1);
    const [entry] = await lastEntries(1);
    expect(entry).toMatchObject({
      action: 'login',
      actorId: account.id,
      actorName: 'Alice',
      recordId: account.id,
      address: '198.51.100.7',
      requestId: 'request-1',
      changes: { via: { to: 'trpc' } },
    });
  });

  it('costs nine statements and four commits, with its tokens', async () => {
    const account = await buildAccount(database.models, { username: 'counted', password: right });
    const on = database.another();
    const { tokens } = accountUseCases(on);
    const authenticate = authenticatePasswordOf({
      ...on,
      passwords,
      throttle: createLoginThrottle({ sequelize: on.sequelize }),
      recordAudit: recordAuditOf(on.models),
    });
    const logIn = () =>
      authenticate(
        { username: 'counted', password: right, via: 'rest', origin: { address: '192.0.2.1', requestId: 'request-1' } },
        tokens.issue,
      );
    await logIn();
    const statements = watchStatements();
    try {
      await logIn();
    } finally {
      statements.stop();
    }
    expect(statements.texts().map((text) => /\w+/.exec(text)?.[0])).toEqual([
      ...['SELECT', 'INSERT', 'INSERT'],
      ...['START', 'UPDATE', 'INSERT', 'INSERT', 'COMMIT'],
      'WITH',
    ]);
    await account.reload();
    expect(account.lastLogin).not.toBeNull();
  });

  it('folds what Unicode says is the same (NFKC), and only that', async () => {
    const account = await buildAccount(database.models, { username: 'Ångström', password: right });
    await expect(loginOf()('a\u030angstro\u0308m', right)).resolves.toMatchObject({ id: account.id });
    await expect(loginOf()('angstrom', right)).rejects.toMatchObject(refused);
  });

  it('leaves out white space around the name, and writes down the name of the account', async () => {
    const account = await buildAccount(database.models, { username: 'Pasted', password: right });
    for (const typed of ['pasted ', '\u00a0pasted', '\ufeffpasted\r\n', '\u3000\u200bpasted\u202f']) {
      await expect(loginOf()(typed, right)).resolves.toMatchObject({ id: account.id });
    }
    await expect(loginOf()('PASTED ', wrong)).rejects.toMatchObject(refused);
    const [entry] = await lastEntries(1);
    expect(entry).toMatchObject({ action: 'login_failed', recordId: account.id, recordTitle: 'Pasted' });
  });

  it.each([
    ['an unknown name', 'nobody-here', right],
    ['a wrong password', 'known', wrong],
    ['an inactive account', 'inactive', right],
    ['an account without a password', 'no-password', right],
    ['a name that is none', 'a b\u0000c', right],
    ['half a surrogate pair', '\ud800', right],
    ['a name without end', 'x'.repeat(50_000), right],
    ['SQL', "' OR 1=1 --", right],
    ['a wildcard', 'know%', right],
    ['a password without end', 'known', 'x'.repeat(50_000)],
    ['another case of the password', 'known', right.toUpperCase()],
    ['a space after the password', 'known', `${right} `],
    ['a space in the name', 'kno wn', right],
    ['the password in the place of the name', right, wrong],
    ['a name after the password', `${right} known`, wrong],
  ])('gives the same answer for %s', async (_, username, password) => {
    if (!(await database.models.Account.findOne({ where: { username: 'known' } }))) {
      await buildAccount(database.models, { username: 'known', password: right });
      await buildAccount(database.models, { username: 'inactive', password: right, isActive: false });
      await buildAccount(database.models, { username: 'no-password' });
    }
    const entriesBefore = await database.models.AuditEntry.count();
    await expect(loginOf()(username, password)).rejects.toMatchObject(refused);
    expect(compared).toBe(1);
    expect(await database.models.AuditEntry.count()).toBe(entriesBefore + 1);
    const [entry] = await lastEntries(1);
    expect(entry).toMatchObject({ action: 'login_failed', actorId: null, actorName: '' });
    const isSomebody = ['known', 'inactive', 'no-password'].includes(username);
    expect(entry!.recordTitle).toBe(isSomebody ? username : '');
    expect(JSON.stringify(entry)).not.toContain(right);
  });

  it('lets only staff into the panel', async () => {
    await buildAccount(database.models, { username: 'plain', password: right });
    await buildAccount(database.models, { username: 'root-only', password: right, isSuperuser: true });
    await buildAccount(database.models, { username: 'staff', password: right, isStaff: true });
    const login = loginOf();
    await expect(login('plain', right, { via: 'panel' })).rejects.toMatchObject(refused);
    await expect(login('plain', right, { staffOnly: true })).rejects.toMatchObject(refused);
    await expect(login('root-only', right, { via: 'panel' })).rejects.toMatchObject(refused);
    await expect(login('staff', right, { via: 'panel' })).resolves.toBeDefined();
    await expect(login('plain', right)).resolves.toBeDefined();
  });

  it('makes a better hash of a password whose hash was cheap', async () => {
    const cheap = await argon2Hash(right, { memoryCost: 8_192, timeCost: 1, parallelism: 1 });
    const account = await buildAccount(database.models, { username: 'old-hash', passwordHash: cheap });
    await expect(loginOf()('old-hash', wrong)).rejects.toMatchObject(refused);
    await account.reload();
    expect(account.passwordHash).toBe(cheap);
    await loginOf()('old-hash', right);
    await account.reload();
    expect(account.passwordHash).toContain('m=19456,t=2,p=1');
    await expect(loginOf()('old-hash', right)).resolves.toBeDefined();
  });

  it('does the same work for an unknown name as for a wrong password, so that time tells nothing', async () => {
    await buildAccount(database.models, { username: 'timed', password: right });
    await buildAccount(database.models, { username: 'timed-out', password: right, isActive: false });
    const workOf = async (username: string, password: string) => {
      const statements: string[] = [];
      const on = database.another();
      const { options } = on.sequelize as unknown as { options: { logging: (sql: string) => void } };
      options.logging = (sql) => statements.push(sql.replace(/^Executing \(.*?\): /, ''));
      compared = 0;
      await expect(loginOf(on)(username, password)).rejects.toMatchObject(refused);
      return { statements, compared };
    };
    const known = await workOf('timed', wrong);
    expect(known.compared).toBe(1);
    expect(known.statements.length).toBeGreaterThanOrEqual(2);
    expect(await workOf('nobody-at-all', wrong)).toEqual(known);
    expect(await workOf('not a name', wrong)).toEqual(known);
    expect(await workOf('timed-out', right)).toEqual(known);
  });
});

describe('failed logins', () => {
  beforeAll(async () => {
    passwords = quickPasswords;
    await buildAccount(database.models, { username: 'target', password: right });
    await buildAccount(database.models, { username: 'second', password: right });
  });

  it('stop an account from an address after ten, whatever the password, and say for how long', async () => {
    const login = loginOf();
    await failures(login, 10, 'target');
    compared = 0;
    const error = await login('target', right).catch((thrown) => thrown);
    expect(error).toMatchObject(blocked);
    expect(error.retryAfterSeconds).toBeGreaterThan(590);
    expect(error.retryAfterSeconds).toBeLessThanOrEqual(600);
    await expect(login('target', wrong)).rejects.toMatchObject({ ...blocked, detail: error.detail });
    expect(compared).toBe(0);
  });

  it('stop unknown names alike', async () => {
    const login = loginOf();
    await failures(login, 10, 'never-existed');
    await expect(login('never-existed', wrong)).rejects.toMatchObject(blocked);
  });

  it('count each way to write a name as the same name', async () => {
    const login = loginOf();
    await failures(login, 4, 'target');
    await failures(login, 3, 'TARGET');
    await failures(login, 3, 'ｔarget');
    await expect(login('Target', right)).rejects.toMatchObject(blocked);
    await failures(login, 5, 'Unknown-One');
    await failures(login, 5, 'uNKNOWN-oNE');
    await expect(login('unknown-one', right)).rejects.toMatchObject(blocked);
  });

  it('lock nobody out from another address, nor another account from this one', async () => {
    const login = loginOf();
    await failures(login, 10, 'target', '203.0.113.9');
    await expect(login('target', right, { address: '203.0.113.9' })).rejects.toMatchObject(blocked);
    await expect(login('target', right, { address: '192.0.2.77' })).resolves.toBeDefined();
    await expect(login('second', right, { address: '203.0.113.9' })).resolves.toBeDefined();
  });

  it('count IPv6 addresses by their /64', async () => {
    const login = loginOf();
    for (let host = 1; host <= 10; host += 1) await failures(login, 1, 'target', `2001:db8:1:1::${host}`);
    await expect(login('target', right, { address: '2001:db8:1:1:ffff::1' })).rejects.toMatchObject(blocked);
    await expect(login('target', right, { address: '2001:db8:1:2::1' })).resolves.toBeDefined();
  });

  it('stop an address after a hundred over many accounts; a success there does not wipe them out', async () => {
    const login = loginOf();
    for (let name = 0; name < 11; name += 1) await failures(login, 9, `guess-${name}`);
    await expect(login('second', right)).resolves.toBeDefined();
    await failures(login, 1, 'guess-99');
    await expect(login('second', right)).rejects.toMatchObject(blocked);
    await expect(login('second', right, { address: '192.0.2.99' })).resolves.toBeDefined();
  });

  it('are forgotten after a success, for this account from this address alone', async () => {
    const login = loginOf();
    await failures(login, 9, 'target');
    await failures(login, 9, 'target', '192.0.2.50');
    await failures(login, 9, 'second');
    await expect(login('target', right)).resolves.toBeDefined();
    await failures(login, 9, 'target');
    await failures(login, 1, 'second');
    await expect(login('second', right)).rejects.toMatchObject(blocked);
    await failures(login, 1, 'target', '192.0.2.50');
    await expect(login('target', right, { address: '192.0.2.50' })).rejects.toMatchObject(blocked);
  });

  it('end with their window', async () => {
    const login = loginOf(database, { windowSeconds: 1 });
    await failures(login, 10, 'target');
    await expect(login('target', right)).rejects.toMatchObject({ ...blocked, retryAfterSeconds: 1 });
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    await expect(login('target', right)).resolves.toBeDefined();
  });

  it('are exact under parallel guesses over several servers', async () => {
    const servers = [loginOf(), loginOf(database.another()), loginOf(database.another())];
    const answers = await Promise.allSettled(Array.from({ length: 60 }, (_, at) => servers[at % 3]!('target', wrong)));
    const codes = answers.map((answer) => (answer.status === 'rejected' ? answer.reason.code : 'in'));
    expect(codes.filter((code) => code === 'invalid_credentials')).toHaveLength(10);
    expect(codes.filter((code) => code === 'rate_limited')).toHaveLength(50);
    expect(compared).toBe(10);
  });

  it('are never counted for right passwords, however many come at once', async () => {
    const servers = Array.from({ length: 6 }, () => createLoginThrottle({ sequelize: database.another().sequelize }));
    const who = { account: 'somebody busy', address: '192.0.2.1' };
    const slowly = () => new Promise<string>((resolve) => setTimeout(resolve, 50, 'in'));
    const answers = await Promise.allSettled(
      Array.from({ length: 60 }, (_, at) => servers[at % 6]!.attempt(who, slowly)),
    );
    expect(answers.filter((answer) => answer.status === 'rejected')).toEqual([]);
    const [rows] = await database.sequelize.query('SELECT key, points FROM rate_limits WHERE points <> 0');
    expect(rows).toEqual([]);
  });

  it('are not counted when it was our fault', async () => {
    const throttle = createLoginThrottle({ sequelize: database.sequelize, failuresPerAccountAndAddress: 2 });
    const who = { account: 'someone', address: '192.0.2.1' };
    const broken = () => Promise.reject(new Error('database away'));
    for (let round = 0; round < 5; round += 1) await expect(throttle.attempt(who, broken)).rejects.toThrow('away');
    await expect(throttle.attempt(who, async () => 'in')).resolves.toBe('in');
  });
});
