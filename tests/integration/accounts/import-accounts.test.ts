import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { maxImportBytes, maxImportRows, readUserFile } from '../../../server/accounts/import/read-user-file.ts';
import type { ImportedRow } from '../../../server/accounts/import-accounts.ts';
import type { Actor } from '../../../server/kernel/actor.ts';
import { type AccountWorld, openAccountWorld, origin } from '../../support/account-world.ts';
import { buildAccount } from '../../support/builders/build-account.ts';
import { buildTier } from '../../support/builders/build-tier.ts';

let world: AccountWorld;
let importer: Actor;
beforeAll(async () => {
  world = await openAccountWorld();
  await buildTier(world.database.models, { name: 'Plain', isDefault: true });
  await buildTier(world.database.models, { name: 'Gold' });
  importer = await world.staff('users.add', 'users.change');
});
afterAll(() => world.database.close());

interface Given {
  actor?: Actor;
  isDryRun?: boolean;
  signal?: AbortSignal;
}

async function run(file: string | Buffer, { actor = importer, isDryRun = false, signal }: Given = {}) {
  const rows: ImportedRow[] = [];
  const request = { bytes: Buffer.from(file), isDryRun, origin, signal: signal ?? new AbortController().signal };
  for await (const row of world.importAccounts(actor, request)) rows.push(row);
  return rows;
}

const named = (username: string) =>
  world.database.models.Account.findOne({ where: { username }, include: 'tier', rejectOnEmpty: true });

describe('an import of users', () => {
  it('says of each row what it would do, and makes nobody, when it is only tried', async () => {
    const { username } = await buildAccount(world.database.models, { username: 'There' });
    await buildAccount(world.database.models, { username: 'Padded' });
    const file = [
      'username,email,tier,password,active',
      'dry1,dry1@example.org,Gold,,',
      'there,,,,',
      'dry1,,,,',
      'bad name,no address,Silver,short,perhaps',
      ',x@example.org,,,',
      'dry2,,,,,more',
      'PADDED\u00a0,,,,',
    ].join('\n');
    const rows = await run(file, { isDryRun: true });
    expect(rows.map(({ line, verdict }) => [line, verdict])).toEqual([
      [2, 'new'],
      [3, 'exists'],
      [4, 'wrong'],
      [5, 'wrong'],
      [6, 'wrong'],
      [7, 'wrong'],
      [8, 'exists'],
    ]);
    expect(rows[2]?.problems).toEqual(['This user is in line 2 already.']);
    expect(rows[3]?.problems).toHaveLength(5);
    expect(rows[3]?.problems.join(' ')).not.toContain('short,');
    expect(await world.database.models.Account.count({ where: { username: ['dry1', 'dry2'] } })).toBe(0);
    expect(username).toBe('There');
  });

  it('makes them with tier, password and state, or with a link that sets the password', async () => {
    const file =
      'username;email;tier;password;active\r\nima;ima@example.org;gold;"a lamp; red, dim";yes\r\nimb;;;;\r\nimc;;;;no\r\n';
    const [ima, imb, imc] = await run(file);
    expect([ima?.verdict, imb?.verdict, imc?.verdict]).toEqual(['made', 'made', 'made']);
    expect(await named('ima')).toMatchObject({ email: 'ima@example.org', isStaff: false, tier: { name: 'Gold' } });
    expect(await world.deps.passwords.verify((await named('ima')).passwordHash, 'a lamp; red, dim')).toBe(true);
    expect((await named('imb')).tier?.name).toBe('Plain');
    expect((await named('imc')).isActive).toBe(false);
    expect([ima?.link, imc?.link]).toEqual([undefined, undefined]);
    await expect(world.passwordLink.look(imb?.link?.split('/').pop() ?? '', origin)).resolves.toMatchObject({
      username: 'imb',
    });
    expect(await world.lastEntry()).toMatchObject({
      action: 'import',
      actorName: importer.username,
      changes: { made: { to: 3 }, wrong: { to: 0 } },
    });
  });

  it('given again after it was cut off, goes on where it was', async () => {
    const leaving = new AbortController();
    const file = Buffer.from(`username\n${Array.from({ length: 6 }, (_, index) => `cut${index}`).join('\n')}\n`);
    const first = world.importAccounts(importer, { bytes: file, isDryRun: false, origin, signal: leaving.signal });
    await first.next();
    leaving.abort();
    for (let next = await first.next(); !next.done; next = await first.next()) expect(next.value.verdict).toBe('made');
    expect((await run(file)).map(({ verdict }) => verdict)).toEqual([...Array(4).fill('exists'), 'made', 'made']);
  });

  it('runs once at a time, and not without the right', async () => {
    const request = {
      bytes: Buffer.from('username\none1\n'),
      isDryRun: false,
      origin,
      signal: new AbortController().signal,
    };
    const first = world.importAccounts(importer, request);
    await first.next();
    await expect(run('username\none2\n')).rejects.toMatchObject({ code: 'import_running' });
    await first.return(undefined);
    await expect(run('username\none2\n', { actor: await world.staff('users.change') })).rejects.toMatchObject({
      code: 'permission_denied',
    });
    const adding = await world.staff('users.add');
    expect(await run('username\none3\n', { actor: adding })).toEqual([
      expect.not.objectContaining({ link: expect.anything() }),
    ]);
  });

  it('makes nobody staff', async () => {
    await expect(run('username,isSuperuser\nboss,yes\n')).rejects.toMatchObject({
      code: 'invalid_request',
      detail: expect.stringContaining('"issuperuser" is none of them'),
    });
  });
});

describe('a file', () => {
  it.each([
    ['nothing', '', 'There is no user'],
    ['only names of columns', 'username\n', 'There is no user'],
    ['no user names', 'email\na@example.org\n', 'The column username is missing'],
    ['a column twice', 'username,username\na,b\n', 'A column is there twice'],
    ['an open quotation mark', 'username,password\nx,"hunter hunter\n', 'quotation mark'],
    ['a row without end', `username\n"${'x'.repeat(20_000)}`, 'too long'],
    ['other bytes than UTF-8', Buffer.from([0x75, 0xff, 0xfe]), 'not UTF-8'],
  ])('with %s is refused in words that hold nothing of it', async (_, file, detail) => {
    const refusal = await run(file, { isDryRun: true }).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'invalid_request', detail: expect.stringContaining(detail) });
    expect(String((refusal as Error).message)).not.toMatch(/hunter|xxxx/);
  });

  it('of too many rows or bytes is refused', async () => {
    const many = `username\n${'user\n'.repeat(maxImportRows + 1)}`;
    await expect(run(many, { isDryRun: true })).rejects.toMatchObject({ code: 'too_large' });
    await expect(run(Buffer.alloc(maxImportBytes + 1))).rejects.toMatchObject({ code: 'too_large' });
  });

  it.each([
    ['a byte order mark and CRLF', '\uFEFFusername,email\r\nfa,fa@example.org\r\nfb,\r\n', 2],
    ['a line sep=;', 'sep=;\r\nusername;email\r\nfa;fa@example.org\r\nfb;\r\n', 3],
    [
      'the same with a byte order mark and empty columns',
      '\uFEFFsep=;\nusername;email;;\nfa;fa@example.org;;\n;;;\nfb;;;\n',
      3,
    ],
    ['a line sep=, though semicolons are in the names', 'sep=,\nusername,email\nfa,fa@example.org\nfb,\n', 3],
    ['semicolons and empty columns', 'username;email;;;\nfa;fa@example.org;;;\nfb;;;;\n', 2],
    ['more empty cells than columns', 'username,email\nfa,fa@example.org,,,\nfb,,\n', 2],
    ['line ends of both kinds', 'username,email\r\nfa,fa@example.org\nfb,\r\n', 2],
    ['line ends of old', 'username,email\rfa,fa@example.org\rfb,\r', 2],
  ])('with %s is read', async (_, file, firstLine) => {
    const lines = [];
    for await (const line of readUserFile(Buffer.from(file))) lines.push(line);
    expect(lines.map(({ cells, isUneven }) => [cells, isUneven])).toEqual([
      [{ username: 'fa', email: 'fa@example.org' }, false],
      [{ username: 'fb' }, false],
    ]);
    expect(lines[0]?.line).toBe(firstLine);
  });

  it('with a cell too many, or one that is missing, says so of the row', async () => {
    const rows = await run('username,email,tier\nga,,,more\ngb,\n', { isDryRun: true });
    expect(rows.map(({ verdict }) => verdict)).toEqual(['wrong', 'wrong']);
  });

  it('is read as it was written, whatever the cells hold, by commas, semicolons and tabs', async () => {
    const cell = fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replaceAll('\0', ''));
    await fc.assert(
      fc.asyncProperty(
        fc.array(cell, { minLength: 1, maxLength: 5 }),
        fc.constantFrom(',', ';', '\t'),
        async (cells, by) => {
          const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
          const lines = cells.map((text, index) => `u${index}${by}${quoted(text)}`);
          const read = [];
          const file = Buffer.from(`\uFEFFusername${by}password\n${lines.join('\n')}\n`);
          for await (const { cells: found } of readUserFile(file)) read.push(found.password ?? '');
          expect(read).toEqual(cells.map((text) => Buffer.from(text).toString()));
        },
      ),
      { numRuns: 60 },
    );
  });
});
