import { createHmac, generateKeyPairSync, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Request, Response } from 'express';
import jwt from 'jsonwebtoken';
import type { AccountModel } from '../../../server/accounts/account.model.ts';
import { authenticateOf } from '../../../server/accounts/authenticate.ts';
import { loadActorOf } from '../../../server/accounts/load-actor.ts';
import { createTokens, type Tokens, type TokensDeps } from '../../../server/accounts/tokens.ts';
import { recordAuditOf } from '../../../server/audit/record-audit.ts';
import type { Actor } from '../../../server/kernel/actor.ts';
import { origin } from '../../support/account-world.ts';
import { buildAccount } from '../../support/builders/build-account.ts';
import { type OpenTestDatabase, openTestDatabase } from '../../support/open-test-database.ts';

const key = 'k'.repeat(48);
const issuer = 'http://localhost:8000';
const day = 86_400_000;
const notValid = { code: 'token_not_valid', status: 401 };

let database: OpenTestDatabase;
let account: AccountModel;

beforeAll(async () => {
  database = await openTestDatabase();
  account = await buildAccount(database.models);
});
afterAll(() => database.close());

/** The door that every request with an access token goes through. */
function enter(tokens: Tokens, access: string): Promise<Actor> {
  const authorization = `Bearer ${access}`;
  const req = { headers: { authorization }, headersDistinct: { authorization: [authorization] } };
  const authenticate = authenticateOf({ tokens, loadActor: loadActorOf(database) });
  return authenticate(req as unknown as Request, { locals: {} } as Response);
}

function tokensOf(given: Partial<TokensDeps> = {}) {
  const recordAudit = recordAuditOf(database.models);
  const usual = { accessMinutes: 15, refreshDays: 14, refreshGraceSeconds: 0, issuer, recordAudit };
  return createTokens({ ...database, keys: { current: key }, ...usual, ...given });
}

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const payloadOf = (token: string) => jwt.decode(token) as jwt.JwtPayload;

describe('a pair of tokens', () => {
  it('has what the contract says: 15 minutes and 14 days, HS256, issuer, audience, type, id and key', async () => {
    // A second passes whenever the clock is read.
    let milliseconds = Date.now();
    const now = () => {
      milliseconds += 1000;
      return new Date(milliseconds);
    };
    const { access, refresh } = await tokensOf({ now }).issue(account);
    const claims = payloadOf(access);
    expect(claims).toMatchObject({ token_type: 'access', sub: account.id, iss: issuer, aud: 'darkroom-api' });
    expect(Number(claims.exp) - Number(claims.iat)).toBe(15 * 60);
    expect(claims.jti).toMatch(/^[0-9a-f-]{36}$/);
    const long = payloadOf(refresh);
    expect(long.token_type).toBe('refresh');
    expect(Number(long.exp) - Number(long.iat)).toBe(14 * 86_400);
    const { header } = jwt.decode(access, { complete: true }) as jwt.Jwt;
    expect(header).toEqual({ alg: 'HS256', typ: 'JWT', kid: expect.stringMatching(/^[\w-]{12}$/) });
    expect(JSON.stringify(header)).not.toContain(key.slice(0, 8));
  });

  it('verifies, both of them, and tells the account', async () => {
    const tokens = tokensOf();
    const { access, refresh } = await tokens.issue(account);
    await expect(tokens.verify(access)).resolves.toBeUndefined();
    await expect(tokens.verify(refresh)).resolves.toBeUndefined();
    const { id: accountId, tokenGeneration } = account;
    await expect(enter(tokens, access)).resolves.toMatchObject({ accountId, tokenGeneration });
  });

  it('is refused in the place of the other', async () => {
    const tokens = tokensOf();
    const { access, refresh } = await tokens.issue(account);
    await expect(enter(tokens, refresh)).rejects.toMatchObject(notValid);
    await expect(tokens.refresh(access)).rejects.toMatchObject(notValid);
    await expect(tokens.blacklist(access)).rejects.toMatchObject(notValid);
    await expect(tokens.refresh(refresh)).resolves.toBeDefined();
  });

  it('ends on the second, without leeway', async () => {
    let time = new Date('2026-11-22T12:00:00Z');
    const tokens = tokensOf({ now: () => time });
    const { access, refresh } = await tokens.issue(account);
    time = new Date('2026-11-22T12:14:59Z');
    await expect(enter(tokens, access)).resolves.toMatchObject({ accountId: account.id });
    time = new Date('2026-11-22T12:15:00Z');
    await expect(enter(tokens, access)).rejects.toMatchObject(notValid);
    time = new Date('2026-12-06T11:59:59Z');
    await expect(tokens.verify(refresh)).resolves.toBeUndefined();
    time = new Date('2026-12-06T12:00:00Z');
    await expect(tokens.verify(refresh)).rejects.toMatchObject(notValid);
    await expect(tokens.refresh(refresh)).rejects.toMatchObject(notValid);
  });

  it('lives on when the key is rotated, until the old key goes', async () => {
    const { access, refresh } = await tokensOf().issue(account);
    const rotated = tokensOf({ keys: { current: 'n'.repeat(48), previous: key } });
    await expect(enter(rotated, access)).resolves.toMatchObject({ accountId: account.id });
    const next = await rotated.refresh(refresh);
    const later = tokensOf({ keys: { current: 'n'.repeat(48) } });
    await expect(enter(later, access)).rejects.toMatchObject(notValid);
    await expect(enter(later, next.access)).resolves.toMatchObject({ accountId: account.id });
  });

  it('stops with the account, and with its token generation', async () => {
    const other = await buildAccount(database.models);
    const tokens = tokensOf();
    const [one, two] = [await tokens.issue(other), await tokens.issue(other)];
    await other.update({ isActive: false });
    await expect(tokens.verify(one.access)).rejects.toMatchObject(notValid);
    await expect(tokens.refresh(one.refresh)).rejects.toMatchObject(notValid);
    await other.update({ isActive: true, tokenGeneration: 2 });
    await expect(tokens.verify(two.access)).rejects.toMatchObject(notValid);
    await expect(tokens.refresh(two.refresh)).rejects.toMatchObject(notValid);
    await other.destroy();
    await expect(tokens.verify(two.access)).rejects.toMatchObject(notValid);
  });
});

describe('rotation', () => {
  it('gives a new pair once; a used refresh token, used again, ends its whole family', async () => {
    const tokens = tokensOf();
    const first = await tokens.issue(account);
    const other = await tokens.issue(account);
    const second = await tokens.refresh(first.refresh);
    const third = await tokens.refresh(second.refresh);
    await expect(tokens.verify(third.refresh)).resolves.toBeUndefined();
    await expect(tokens.refresh(first.refresh)).rejects.toMatchObject(notValid);
    await expect(tokens.verify(third.refresh)).rejects.toMatchObject(notValid);
    await expect(tokens.refresh(third.refresh)).rejects.toMatchObject(notValid);
    await expect(tokens.refresh(other.refresh)).resolves.toBeDefined();
  });

  it('has one winner among 100 at once, on two servers', async () => {
    const servers = [tokensOf(), tokensOf(database.another())];
    const { refresh } = await tokensOf().issue(account);
    const answers = await Promise.allSettled(Array.from({ length: 100 }, (_, at) => servers[at % 2]!.refresh(refresh)));
    const winners = answers.filter((answer) => answer.status === 'fulfilled');
    expect(winners).toHaveLength(1);
    for (const answer of answers) if (answer.status === 'rejected') expect(answer.reason).toMatchObject(notValid);
    await expect(tokensOf().refresh(winners[0]!.value.refresh)).rejects.toMatchObject(notValid);
  });

  it('lets no token of a family outlive reuse, whenever the reuse comes', async () => {
    for (let round = 0; round < 20; round += 1) {
      const tokens = tokensOf();
      const first = await tokens.issue(account);
      const second = await tokens.refresh(first.refresh);
      const [next] = await Promise.allSettled([tokens.refresh(second.refresh), tokens.refresh(first.refresh)]);
      if (next.status === 'fulfilled') {
        await expect(tokens.refresh(next.value.refresh)).rejects.toMatchObject(notValid);
      }
    }
  });

  it('does not outlive the login by more than the refresh days, however often it happens', async () => {
    const start = Date.now();
    let time = new Date(start);
    const tokens = tokensOf({ now: () => time });
    let { refresh } = await tokens.issue(account);
    const end = payloadOf(refresh).exp;
    for (let days = 1; days < 14; days += 1) {
      time = new Date(start + days * day);
      refresh = (await tokens.refresh(refresh)).refresh;
      expect(payloadOf(refresh).exp).toBe(end);
    }
    time = new Date(start + 14 * day);
    await expect(tokens.refresh(refresh)).rejects.toMatchObject(notValid);
  });

  it('ends the family of a used token whose row was purged', async () => {
    const tokens = tokensOf();
    const [first, other] = [await tokens.issue(account), await tokens.issue(account)];
    const next = await tokens.refresh(first.refresh);
    await database.models.RefreshToken.destroy({ where: { id: payloadOf(first.refresh).jti } });
    await expect(tokens.refresh(first.refresh)).rejects.toMatchObject(notValid);
    await expect(tokens.refresh(next.refresh)).rejects.toMatchObject(notValid);
    await tokens.refresh(other.refresh);
  });

  it('knows a token by its row: one that was never given out is of no use', async () => {
    const tokens = tokensOf();
    const { refresh } = await tokens.issue(account);
    await database.models.RefreshToken.destroy({ where: { id: payloadOf(refresh).jti } });
    await expect(tokens.refresh(refresh)).rejects.toMatchObject(notValid);
    await expect(tokens.verify(refresh)).rejects.toMatchObject(notValid);
  });
});

describe('the grace of a refresh token', () => {
  const graced = (given: Partial<TokensDeps> = {}) => tokensOf({ refreshGraceSeconds: 10, ...given });
  /** A clock that stands still unless a test moves it. */
  function clock() {
    let time = Date.now();
    return {
      now: () => new Date(time),
      pass: (seconds: number) => {
        time += seconds * 1000;
      },
    };
  }
  const membersOf = async (refresh: string) => {
    const { RefreshToken } = database.models;
    const { familyId } = await RefreshToken.findOne({ where: { id: payloadOf(refresh).jti }, rejectOnEmpty: true });
    return RefreshToken.count({ where: { familyId } });
  };

  it('gives the same pair again when the answer was lost, to the letter, though time passes', async () => {
    const { now, pass } = clock();
    const tokens = graced({ now });
    const first = await tokens.issue(account);
    const second = await tokens.refresh(first.refresh);
    pass(9.999);
    expect(await graced({ ...database.another(), now }).refresh(first.refresh)).toEqual(second);
    expect(await membersOf(second.refresh)).toBe(2);
    await expect(tokens.verify(second.access)).resolves.toBeUndefined();
    await expect(tokens.refresh(second.refresh)).resolves.toBeDefined();
  });

  it('is over after ten seconds: then a used one ends its family', async () => {
    const { now, pass } = clock();
    const tokens = graced({ now });
    const first = await tokens.issue(account);
    const second = await tokens.refresh(first.refresh);
    pass(10);
    await expect(tokens.refresh(first.refresh)).rejects.toMatchObject(notValid);
    await expect(tokens.refresh(second.refresh)).rejects.toMatchObject(notValid);
  });

  it('is over when the successor is used: then a used one ends its family', async () => {
    const tokens = graced();
    const first = await tokens.issue(account);
    const second = await tokens.refresh(first.refresh);
    const third = await tokens.refresh(second.refresh);
    expect(await tokens.refresh(second.refresh)).toEqual(third);
    await expect(tokens.refresh(first.refresh)).rejects.toMatchObject(notValid);
    await expect(tokens.refresh(third.refresh)).rejects.toMatchObject(notValid);
  });

  it('can be turned off', async () => {
    const tokens = graced({ refreshGraceSeconds: 0 });
    const first = await tokens.issue(account);
    const second = await tokens.refresh(first.refresh);
    await expect(tokens.refresh(first.refresh)).rejects.toMatchObject(notValid);
    await expect(tokens.refresh(second.refresh)).rejects.toMatchObject(notValid);
  });

  it('lets two windows that share a token go on with one family', async () => {
    const tokens = graced();
    const { refresh: shared } = await tokens.issue(account);
    let [left, right] = [shared, shared];
    for (let round = 0; round < 5; round += 1) {
      const [one, other] = await Promise.all([tokens.refresh(left), tokens.refresh(right)]);
      expect(other).toEqual(one);
      [left, right] = [one.refresh, other.refresh];
    }
    expect(await membersOf(left)).toBe(6);
    await expect(tokens.verify(left)).resolves.toBeUndefined();
  });

  it('gives 20 at once, on two servers, one pair and one living family', async () => {
    const servers = [graced(), graced(database.another())];
    const { refresh } = await graced().issue(account);
    const pairs = await Promise.all(Array.from({ length: 20 }, (_, at) => servers[at % 2]!.refresh(refresh)));
    expect(new Set(pairs.map((pair) => JSON.stringify(pair))).size).toBe(1);
    expect(await membersOf(refresh)).toBe(2);
    await expect(graced().refresh(pairs[0]!.refresh)).resolves.toBeDefined();
  });

  it('does not outlive a logout, a deactivation or a new password', async () => {
    const tokens = graced();
    const ends: ((other: AccountModel, refresh: string) => Promise<unknown>)[] = [
      (_, refresh) => tokens.blacklist(refresh),
      (other) => other.update({ isActive: false }),
      (other) => other.update({ tokenGeneration: 2 }),
    ];
    for (const end of ends) {
      const other = await buildAccount(database.models);
      const first = await tokens.issue(other);
      await end(other, (await tokens.refresh(first.refresh)).refresh);
      await expect(tokens.refresh(first.refresh)).rejects.toMatchObject(notValid);
    }
  });

  it('keeps nothing that opens a door: neither token stands in the database', async () => {
    const tokens = graced();
    const pair = await tokens.refresh((await tokens.issue(account)).refresh);
    const [rows] = await database.sequelize.query('SELECT to_json(token)::text AS text FROM refresh_tokens AS token');
    const text = JSON.stringify(rows);
    for (const token of [pair.access, pair.refresh]) expect(text).not.toContain(token.split('.')[2]);
  });
});

describe('the log', () => {
  const written = () =>
    database.models.AuditEntry.findAll({ where: { action: 'revoke_token' }, order: [['id', 'ASC']] });

  it('has each end of a family once, with who it was and why, and nothing of the token', async () => {
    const before = (await written()).length;
    const tokens = tokensOf();
    const [left, stolen] = [await tokens.issue(account), await tokens.issue(account)];
    await tokens.blacklist(left.refresh, origin);
    const next = await tokens.refresh(stolen.refresh, origin);
    for (let tries = 0; tries < 3; tries += 1) {
      await expect(tokens.refresh(stolen.refresh, origin)).rejects.toMatchObject(notValid);
    }
    const entries = (await written()).slice(before);
    expect(entries.map(({ changes }) => changes.reason?.to)).toEqual(['logged out', 'it was used a second time']);
    const { username } = account;
    expect(entries[1]).toMatchObject({ recordId: account.id, recordTitle: username, address: origin.address });
    expect(JSON.stringify(entries)).not.toContain(payloadOf(next.refresh).jti);
  });
});

describe('logging out', () => {
  it('ends the family, once', async () => {
    const tokens = tokensOf();
    const first = await tokens.issue(account);
    const second = await tokens.refresh(first.refresh);
    await expect(tokens.blacklist(second.refresh)).resolves.toBeUndefined();
    await expect(tokens.refresh(second.refresh)).rejects.toMatchObject(notValid);
    await expect(tokens.verify(second.refresh)).rejects.toMatchObject(notValid);
    await expect(tokens.blacklist(second.refresh)).rejects.toMatchObject(notValid);
  });

  it('with a token that was used already is 401, and ends the family all the same', async () => {
    const tokens = tokensOf();
    const first = await tokens.issue(account);
    const second = await tokens.refresh(first.refresh);
    await expect(tokens.blacklist(first.refresh)).rejects.toMatchObject(notValid);
    await expect(tokens.refresh(second.refresh)).rejects.toMatchObject(notValid);
  });
});

describe('forged tokens', () => {
  const now = Math.floor(Date.now() / 1000);
  const claims = () => ({
    token_type: 'access',
    sub: account.id,
    jti: randomUUID(),
    gen: 1,
    iss: issuer,
    aud: 'darkroom-api',
    iat: now - 1,
    exp: now + 600,
  });
  const kid = () => (jwt.decode(jwtOf({}), { complete: true }) as jwt.Jwt).header.kid;
  let ourKid = '';
  const jwtOf = (change: object, header: object = {}, secret: string = key, algorithm: jwt.Algorithm = 'HS256') => {
    const head = { alg: algorithm, typ: 'JWT', kid: ourKid, ...header };
    const text = `${part(head)}.${part({ ...claims(), ...change })}`;
    const hash = `sha${algorithm.slice(2)}`;
    return `${text}.${createHmac(hash, secret).update(text).digest('base64url')}`;
  };
  const unsigned = (alg: string) => `${part({ alg, typ: 'JWT', kid: ourKid })}.${part(claims())}.`;

  beforeAll(async () => {
    const { access } = await tokensOf().issue(account);
    ourKid = String((jwt.decode(access, { complete: true }) as jwt.Jwt).header.kid);
    expect(kid()).toBe(ourKid);
  });

  it('are told from one that is made by the same hand and right', async () => {
    await expect(enter(tokensOf(), jwtOf({}))).resolves.toMatchObject({ accountId: account.id });
    await expect(enter(tokensOf(), jwtOf({ nbf: now - 1 }))).resolves.toMatchObject({ accountId: account.id });
  });

  const flip = (token: string, at: number) => {
    const bytes = Buffer.from(token);
    bytes[at] = token[at] === 'A' ? 66 : 65;
    return bytes.toString();
  };

  it.each<[string, () => string]>([
    ['no token', () => ''],
    ['no JWT', () => 'abc'],
    ['two parts', () => jwtOf({}).split('.').slice(0, 2).join('.')],
    ['four parts', () => `${jwtOf({})}.x`],
    ['dots alone', () => '..'],
    ['too long', () => `${jwtOf({})}${'A'.repeat(5_000)}`],
    ['alg none', () => unsigned('none')],
    ['alg None', () => unsigned('None')],
    ['alg nOnE', () => unsigned('nOnE')],
    ['alg none with our signature', () => jwtOf({}, { alg: 'none' })],
    ['HS512 with our key', () => jwtOf({}, {}, key, 'HS512')],
    ['HS384 with our key', () => jwtOf({}, {}, key, 'HS384')],
    ['RS256 named over our signature', () => jwtOf({}, { alg: 'RS256' })],
    [
      'RS256 with a key of their own',
      () => {
        const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
        return jwt.sign(claims(), privateKey, { algorithm: 'RS256', keyid: ourKid });
      },
    ],
    ['an empty signature', () => `${jwtOf({}).split('.').slice(0, 2).join('.')}.`],
    ['another key', () => jwtOf({}, {}, 'x'.repeat(48))],
    ['an empty key', () => jwtOf({}, {}, '')],
    ['the last bit of the signature', () => flip(jwtOf({}), jwtOf({}).length - 1)],
    ['the first bit of the signature', () => flip(jwtOf({}), jwtOf({}).lastIndexOf('.') + 1)],
    ['a changed payload', () => flip(jwtOf({}), jwtOf({}).indexOf('.') + 30)],
    ['no kid', () => jwtOf({}, { kid: undefined })],
    ['a strange kid', () => jwtOf({}, { kid: 'other' })],
    ['a kid that is a path', () => jwtOf({}, { kid: '../../../../dev/null' }, '')],
    ['a kid that is SQL', () => jwtOf({}, { kid: "' OR 1=1 --" })],
    ['a kid of the prototype', () => jwtOf({}, { kid: '__proto__' })],
    ['a kid that is no string', () => jwtOf({}, { kid: [] })],
    ['jku', () => jwtOf({}, { jku: 'http://127.0.0.1:9/keys' })],
    ['jwk', () => jwtOf({}, { jwk: { kty: 'oct', k: 'AAAA' } })],
    ['x5u', () => jwtOf({}, { x5u: 'http://127.0.0.1:9/cert' })],
    ['crit', () => jwtOf({}, { crit: ['exp'] })],
    ['b64', () => jwtOf({}, { b64: false })],
    ['exp in the past', () => jwtOf({ exp: now - 1 })],
    ['exp now', () => jwtOf({ exp: now })],
    ['no exp', () => jwtOf({ exp: undefined })],
    ['exp as text', () => jwtOf({ exp: String(now + 600) })],
    ['exp as a date', () => jwtOf({ exp: '2030-01-01T00:00:00Z' })],
    ['exp as a fraction', () => jwtOf({ exp: now + 600.5 })],
    ['exp too far', () => jwtOf({ exp: now + 86_400 })],
    ['exp 1e20', () => jwtOf({ exp: 1e20 })],
    ['exp null', () => jwtOf({ exp: null })],
    ['exp negative', () => jwtOf({ exp: -1 })],
    ['no iat', () => jwtOf({ iat: undefined })],
    ['iat in the future', () => jwtOf({ iat: now + 300, exp: now + 600 })],
    ['iat as text', () => jwtOf({ iat: String(now) })],
    ['nbf in the future', () => jwtOf({ nbf: now + 300 })],
    ['nbf as text', () => jwtOf({ nbf: 'now' })],
    ['another issuer', () => jwtOf({ iss: 'http://localhost:9000' })],
    ['no issuer', () => jwtOf({ iss: undefined })],
    ['issuers as a list', () => jwtOf({ iss: [issuer] })],
    ['another audience', () => jwtOf({ aud: 'other' })],
    ['no audience', () => jwtOf({ aud: undefined })],
    ['audiences as a list', () => jwtOf({ aud: ['darkroom-api', 'other'] })],
    ['no type', () => jwtOf({ token_type: undefined })],
    ['another type', () => jwtOf({ token_type: 'admin' })],
    ['the type refresh', () => jwtOf({ token_type: 'refresh' })],
    ['no subject', () => jwtOf({ sub: undefined })],
    ['a subject that is no id', () => jwtOf({ sub: "1' OR '1'='1" })],
    ['no jti', () => jwtOf({ jti: undefined })],
    ['no generation', () => jwtOf({ gen: undefined })],
    ['a generation as text', () => jwtOf({ gen: '1' })],
    ['a payload that is a list', () => `${part({ alg: 'HS256', typ: 'JWT', kid: ourKid })}.${part([])}.AAAA`],
  ])('%s', async (_, forge) => {
    const tokens = tokensOf();
    const token = forge();
    await expect(enter(tokens, token)).rejects.toMatchObject(notValid);
    for (const door of [tokens.refresh, tokens.verify, tokens.blacklist]) {
      await expect(door(token)).rejects.toMatchObject(notValid);
    }
  });
});
