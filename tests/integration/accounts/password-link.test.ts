import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openPasswordLinkOf } from '../../../server/accounts/open-password-link.ts';
import { createAccountCommands } from '../../../server/manage/account-commands.ts';
import { type AccountWorld, openAccountWorld, origin } from '../../support/account-world.ts';
import { buildAccount } from '../../support/builders/build-account.ts';

const password = 'a lamp, red and dim';
const ended = { code: 'link_ended' };

let world: AccountWorld;
beforeAll(async () => {
  world = await openAccountWorld();
});
afterAll(() => world.database.close());

async function linkFor(accountId: string, maker = null as Awaited<ReturnType<AccountWorld['staff']>> | null) {
  const { url } = await world.makePasswordLink(maker, accountId, origin);
  return url.split('/').pop() ?? '';
}

const account = (given = {}) => buildAccount(world.database.models, given);
const look = (token: string) => world.passwordLink.look(token, origin);
const use = (token: string) => world.passwordLink.use(token, password, origin);
const freeTries = () => world.database.sequelize.query('DELETE FROM rate_limits');

describe('a link that sets a password', () => {
  it('sets it once, ends all tokens, and both steps are in the log without the link', async () => {
    const { id, username } = await account();
    const maker = await world.staff('users.change');
    const before = await world.tokens.issue({ id, tokenGeneration: 1 });
    const token = await linkFor(id, maker);
    expect(await world.lastEntry()).toMatchObject({
      action: 'make_password_link',
      actorName: maker.username,
      recordId: id,
    });
    expect(await look(token)).toEqual({ username, isStaff: false });
    await use(token);
    const entry = await world.lastEntry();
    expect(entry).toMatchObject({
      action: 'use_password_link',
      actorId: id,
      changes: { madeBy: { to: maker.username } },
    });
    expect(JSON.stringify(await world.database.models.AuditEntry.findAll({ where: { recordId: id } }))).not.toContain(
      token,
    );
    await expect(world.tokens.verify(before.access)).rejects.toMatchObject({ code: 'token_not_valid' });
    await expect(use(token)).rejects.toMatchObject(ended);
    await expect(look(token)).rejects.toMatchObject(ended);
  });

  it('is good for one of two who use it at once', async () => {
    const { id } = await account();
    const token = await linkFor(id);
    const outcomes = await Promise.allSettled([use(token), use(token)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('stays good after a password that is too weak', async () => {
    const { id } = await account();
    const token = await linkFor(id);
    await expect(world.passwordLink.use(token, 'short', origin)).rejects.toMatchObject({ code: 'weak_password' });
    await expect(use(token)).resolves.toMatchObject({ isStaff: false });
  });

  it('ends with any other change of the password, with the account, and with its day', async () => {
    const [changed, inactive, gone, late] = await Promise.all([account(), account(), account(), account()]);
    const tokens = await Promise.all([changed, inactive, gone, late].map(({ id }) => linkFor(id)));
    await world.setPassword(null, changed.id, password, null);
    await inactive.update({ isActive: false });
    await gone.destroy();
    const tomorrow = openPasswordLinkOf({ ...world.deps, now: () => new Date(Date.now() + 24 * 3_600_000) });
    const [one = '', two = '', three = '', four = ''] = tokens;
    const answers = await Promise.allSettled([
      look(one),
      look(two),
      look(three),
      tomorrow.look(four, origin),
      look('no'),
    ]);
    const details = answers.map((answer) => answer.status === 'rejected' && answer.reason.detail);
    expect(new Set(details).size).toBe(1);
    expect(answers[4]).toMatchObject({ reason: ended });
    await expect(look(four)).resolves.toBeDefined();
    await freeTries();
  });

  it('is taken when it was signed with the key before, and not when a letter is another', async () => {
    const { id } = await account();
    const { createPasswordLinkTokens } = await import('../../../server/accounts/password-link-token.ts');
    const claims = { accountId: id, madeById: null, expiresAt: new Date(Date.now() + 60_000) };
    const older = createPasswordLinkTokens({ current: 'older'.repeat(10) }).tokenOf(claims, 1);
    await expect(look(older)).resolves.toBeDefined();
    const foreign = createPasswordLinkTokens({ current: 'foreign'.repeat(10) }).tokenOf(claims, 1);
    await expect(look(foreign)).rejects.toMatchObject(ended);
    const forged = `${older.slice(0, 20)}${older[20] === 'A' ? 'B' : 'A'}${older.slice(21)}`;
    await expect(look(forged)).rejects.toMatchObject(ended);
    await freeTries();
  });

  it('comes from the command line as well, which any account is in reach of', async () => {
    const { username } = await account({ isStaff: true, isSuperuser: true });
    const { deps } = world;
    const commands = createAccountCommands({
      ...deps,
      publicUrl: 'https://photos.example.org',
      passwordLinks: async () => deps.passwordLinks,
    });
    const url = await commands.passwordLink(await commands.find(username));
    expect(url).toMatch(/^https:\/\/photos\.example\.org\/admin\/password\/[\w-]{70}$/);
    await expect(use(url.split('/').pop() ?? '')).resolves.toEqual({ username, isStaff: true });
    await expect(commands.find('nobody')).rejects.toThrow('There is no account named nobody.');
  });

  it('slows down who tries links', async () => {
    const { id } = await account();
    const good = await linkFor(id);
    const bad = `${good.slice(0, -1)}${good.endsWith('A') ? 'Q' : 'A'}`;
    for (let tries = 0; tries < 10; tries += 1) await expect(look(bad)).rejects.toMatchObject(ended);
    await expect(look(good)).rejects.toMatchObject({ code: 'rate_limited' });
    await freeTries();
  });
});

describe('who may make one', () => {
  it('is staff with users.change, for nobody above their own rights', async () => {
    const plain = await account();
    const superuser = await account({ isStaff: true, isSuperuser: true });
    const deleting = await account({ isStaff: true, permissions: ['images.delete'] });
    const maker = await world.staff('users.change', 'users.view');
    const denied = { code: 'permission_denied' };
    await expect(linkFor(plain.id, await world.staff('users.view'))).rejects.toMatchObject(denied);
    await expect(linkFor(superuser.id, maker)).rejects.toMatchObject(denied);
    await expect(linkFor(deleting.id, maker)).rejects.toMatchObject(denied);
    await expect(linkFor(plain.id, maker)).resolves.toHaveLength(70);
  });

  it('has to have the right still when it is used: a link is no way to an account that got more rights since', async () => {
    const maker = await world.staff('users.change');
    const [risen, plain] = await Promise.all([account({ isStaff: true }), account()]);
    const [one, two] = [await linkFor(risen.id, maker), await linkFor(plain.id, maker)];
    await risen.update({ isSuperuser: true });
    await expect(use(one)).rejects.toMatchObject(ended);
    await world.database.models.AccountPermission.destroy({ where: { accountId: maker.accountId } });
    await expect(use(two)).rejects.toMatchObject(ended);
    await freeTries();
  });
});
