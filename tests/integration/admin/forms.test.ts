import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DatabaseError, ForeignKeyConstraintError, UniqueConstraintError } from 'sequelize';
import type { PanelClient } from '../../support/panel/panel-client.ts';
import { openPanelWorld, type PanelWorld } from '../../support/panel/panel-world.ts';

let world: PanelWorld;
let client: PanelClient;
/** What a use case throws next, in place of what it does. */
let fault: Error | undefined;
beforeAll(async () => {
  world = await openPanelWorld({
    useCases: {
      renameImage: async () => {
        throw fault ?? new Error('a fault without a name');
      },
    },
  });
  client = await world.loggedIn();
});
afterAll(() => world.close());

const password = 'three green leaves';
const tier = (name: string) => ({ name, thumbnailHeights: [100, 300] });

describe('the form of a user', () => {
  it('makes a user who can log in by the API, and says so', async () => {
    const values = {
      username: 'maria',
      password,
      passwordAgain: password,
      email: 'm@example.org',
      tierId: world.tier.id,
    };
    const answer = await client.create('users', values);
    expect(answer.status).toBe(200);
    expect(answer.notice).toMatchObject({ type: 'success', message: expect.stringContaining('maria') });
    const account = await world.models.Account.findOne({ where: { username: 'maria' }, rejectOnEmpty: true });
    expect(account).toMatchObject({ isActive: true, isStaff: false, isSuperuser: false, tierId: world.tier.id });
    expect(account.passwordHash).toMatch(/^\$argon2id\$/);
    expect(answer.redirectUrl).toBe(`/admin/resources/users/records/${account.id}/show`);
    const entry = await world.models.AuditEntry.findOne({ where: { action: 'add', recordId: account.id } });
    expect(entry).toMatchObject({ actorName: 'admin', resource: 'users', recordTitle: 'maria' });
    expect(entry?.requestId).not.toBe('');
  });

  it.each([
    ['two passwords that differ', { passwordAgain: 'another one, longer' }, 'passwordAgain', 400],
    ['no password', { password: '', passwordAgain: '' }, 'password', 400],
    ['a short password', { password: 'short', passwordAgain: 'short' }, 'password', 400],
    ['a common password', { password: 'password1234', passwordAgain: 'password1234' }, 'password', 400],
    [
      'a password that is the name',
      { username: 'averylongname', password: 'averylongname', passwordAgain: 'averylongname' },
      'password',
      400,
    ],
    ['a bad name', { username: 'a b' }, 'username', 400],
    ['no name', { username: '' }, 'username', 400],
    ['a name that is too long', { username: 'x'.repeat(151) }, 'username', 400],
    ['a name that is taken', { username: 'ADMIN' }, 'username', 409],
    ['a bad e-mail address', { email: 'nobody' }, 'email', 400],
    ['a tier that is none', { tierId: 'x' }, 'tierId', 400],
    ['a tier that is gone', { tierId: '0199aaaa-0000-7000-8000-000000000001' }, 'tierId', 400],
    ['a flag that is none', { isActive: 'perhaps' }, 'isActive', 400],
  ])('shows %s at the field, and no success', async (_, values, field, status) => {
    const before = await world.models.Account.count();
    const good = { username: 'somebody', password, passwordAgain: password, email: '', tierId: world.tier.id };
    const answer = await client.create('users', { ...good, ...values });
    expect(answer.status).toBe(status);
    expect(answer.notice?.type).toBe('error');
    expect(Object.keys(answer.record.errors)).toEqual([field]);
    expect(answer.record.errors[field]?.message.length).toBeGreaterThan(5);
    expect(answer.problem?.errors[0]?.path).toBe(field);
    expect(answer.text).not.toMatch(/three green|password1234|SequelizeUnique|SELECT|INSERT/);
    expect(await world.models.Account.count()).toBe(before);
  });

  it('keeps the last superuser', async () => {
    for (const change of [{ isSuperuser: false }, { isActive: false }]) {
      const answer = await client.act('users', world.admin.id, 'edit', { ...change, version: 1 });
      expect(answer.status).toBe(409);
      expect(answer.problem?.code).toBe('last_superuser');
    }
    const self = await client.bulk('users', [world.admin.id], 'bulkDelete');
    expect(self.status).toBe(409);
    expect(self.notice).toMatchObject({ type: 'error', message: expect.stringContaining('your own account') });
    expect(await world.models.Account.count({ where: { id: world.admin.id } })).toBe(1);
  });

  it('gives groups and permissions', async () => {
    const group = await client.create('groups', { name: 'Editors', permissions: ['images.view', 'images.change'] });
    expect(group.status).toBe(200);
    const { id } = await world.models.Group.findOne({ where: { name: 'Editors' }, rejectOnEmpty: true });
    const { account } = await world.staffWith();
    const values = { groupIds: [id], permissions: ['log.view'], version: 1 };
    expect((await client.act('users', account.id, 'edit', values)).status).toBe(200);
    const actor = await world.loadActor(account.id);
    expect([...(actor?.permissions ?? [])].sort()).toEqual(['images.change', 'images.view', 'log.view']);
    const unknown = await client.create('groups', { name: 'Others', permissions: ['users.explode'] });
    expect(unknown.status).toBe(400);
    expect(Object.keys(unknown.record.errors)).toEqual(['permissions']);
  });
});

describe('two people who edit the same record', () => {
  it('do not overwrite each other: the second is told', async () => {
    const { account } = await world.staffWith();
    const first = await client.act('users', account.id, 'edit', { email: 'first@example.org', version: 1 });
    expect(first.status).toBe(200);
    expect(first.record.params.version).toBe(2);
    const second = await client.act('users', account.id, 'edit', { isActive: false, version: 1 });
    expect(second.status).toBe(409);
    expect(second.problem).toMatchObject({ code: 'conflict', detail: expect.stringContaining('Someone else') });
    expect(second.notice?.type).toBe('error');
    expect(await account.reload()).toMatchObject({ email: 'first@example.org', isActive: true, version: 2 });
  });

  it('who change different fields keep both changes', async () => {
    const { account } = await world.staffWith();
    await client.act('users', account.id, 'edit', { email: 'kept@example.org', version: 1 });
    await client.act('users', account.id, 'edit', { isActive: false, version: 2 });
    expect(await account.reload()).toMatchObject({ email: 'kept@example.org', isActive: false });
  });

  it('at the same moment: one wins', async () => {
    const made = await client.create('tiers', tier('Contested'));
    const id = made.redirectUrl?.split('/').at(-2) ?? '';
    const edits = ['one', 'two', 'three'].map((name) => client.act('tiers', id, 'edit', { name, version: 1 }));
    const statuses = (await Promise.all(edits)).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 409, 409]);
  });

  it.each([undefined, '', 'x', '1.5', 'null'])('say what they edit: version %j is refused', async (version) => {
    const answer = await client.act('users', world.admin.id, 'edit', { email: 'x@example.org', version });
    expect(answer.status).toBe(400);
    expect(Object.keys(answer.record.errors)).toEqual(['version']);
  });
});

describe('the form of a tier', () => {
  it.each([
    ['numbers', [400, 200, 200], [200, 400]],
    ['text with commas', '400, 200', [200, 400]],
    ['text with spaces', ' 16 4096 ', [16, 4096]],
  ])('takes heights as %s', async (kind, thumbnailHeights, expected) => {
    const answer = await client.create('tiers', { name: `By ${kind}`, thumbnailHeights });
    expect(answer.status).toBe(200);
    const made = await world.models.Tier.findOne({ where: { name: `By ${kind}` }, rejectOnEmpty: true });
    expect(made.thumbnailHeights).toEqual(expected);
  });

  it.each([
    ['no heights', { thumbnailHeights: [] }, 'thumbnailHeights'],
    ['a height that is too low', { thumbnailHeights: '15' }, 'thumbnailHeights'],
    ['a height that is too high', { thumbnailHeights: '200,4097' }, 'thumbnailHeights'],
    ['a height that is no number', { thumbnailHeights: 'tall' }, 'thumbnailHeights'],
    ['half a height', { thumbnailHeights: '20.5' }, 'thumbnailHeights'],
    [
      'too many heights',
      { thumbnailHeights: Array.from({ length: 17 }, (_, index) => 100 + index) },
      'thumbnailHeights',
    ],
    ['a format there is not', { thumbnailFormat: 'bmp' }, 'thumbnailFormat'],
    ['bounds that cross', { expiringLinkMinSeconds: 600, expiringLinkMaxSeconds: 300 }, 'expiringLinkMaxSeconds'],
    ['a link that lives too long', { expiringLinkMaxSeconds: 604_801 }, 'expiringLinkMaxSeconds'],
    ['an upload of nothing', { maxUploadBytes: 0 }, 'maxUploadBytes'],
    ['a quota that is no number', { quotaBytes: 'much' }, 'quotaBytes'],
    ['a limit of no requests', { requestsPerMinute: 0 }, 'requestsPerMinute'],
    ['a limit that is not a whole number', { uploadsPerHour: 'many' }, 'uploadsPerHour'],
    ['a name that is taken', { name: 'basic' }, 'name'],
    ['no name', { name: '  ' }, 'name'],
    ['a name that is too long', { name: 'x'.repeat(101) }, 'name'],
  ])('shows %s at the field', async (_, values, field) => {
    const answer = await client.create('tiers', { ...tier('Faulty'), ...values });
    expect([400, 409]).toContain(answer.status);
    expect(Object.keys(answer.record.errors)).toEqual([field]);
    expect(answer.notice?.type).toBe('error');
    expect(await world.models.Tier.count({ where: { name: 'Faulty' } })).toBe(0);
  });

  it('takes limits on requests and uploads, and an empty field as the limit of the service', async () => {
    const made = await client.create('tiers', { ...tier('Limited'), requestsPerMinute: '600', uploadsPerHour: '' });
    expect(made.status).toBe(200);
    const row = await world.models.Tier.findOne({ where: { name: 'Limited' }, rejectOnEmpty: true });
    expect([row.requestsPerMinute, row.uploadsPerHour]).toEqual([600, null]);
  });

  it('says how many users have a tier, and does not delete it then', async () => {
    const answer = await client.act('tiers', world.tier.id, 'delete');
    expect(answer.status).toBe(409);
    expect(answer.notice?.type).toBe('error');
    const shown = await client.show('tiers', world.tier.id);
    expect(shown.record.params.accountCount).toBe(
      await world.models.Account.count({ where: { tierId: world.tier.id } }),
    );
  });

  it('deletes of several what it can, and says what stays', async () => {
    await client.create('tiers', tier('Short-lived'));
    const gone = await world.models.Tier.findOne({ where: { name: 'Short-lived' }, rejectOnEmpty: true });
    const answer = await client.bulk('tiers', [world.tier.id, gone.id], 'bulkDelete');
    expect(answer.status).toBe(409);
    expect(answer.notice?.message).toMatch(/^1 tier is deleted\. Basic: /);
    expect(await world.models.Tier.count({ where: { id: gone.id } })).toBe(0);
  });
});

describe('what only the database finds', () => {
  const parent = (code: string, more = {}) =>
    Object.assign(new Error('secret detail of SQL'), { code, sql: 'SELECT 1', ...more });

  it.each([
    ['a value that is taken', () => new UniqueConstraintError({ fields: { owner_name: 'x' } }), 409, ['ownerName']],
    ['a value that is too long', () => new DatabaseError(parent('22001', { column: 'name' }) as never), 400, ['name']],
    [
      'a broken rule',
      () => new DatabaseError(parent('23514', { constraint: 'tiers_max_upload_bytes_check', table: 'tiers' }) as never),
      400,
      ['maxUploadBytes'],
    ],
    ['a record that others need', () => new ForeignKeyConstraintError({ parent: parent('23503') as never }), 409, []],
  ])('is shown in the form: %s', async (_, make, status, fields) => {
    const image = await world.addImage({ ownerId: world.admin.id, name: `${Math.random()}.png` });
    fault = make();
    const answer = await client.act('images', image.id, 'edit', { name: 'x.png' });
    expect(answer.status).toBe(status);
    expect(Object.keys(answer.record.errors)).toEqual(fields);
    expect(answer.notice?.type).toBe('error');
    expect(answer.text).not.toMatch(/secret|SELECT/);
  });

  it('or is our fault, and says no more than that', async () => {
    const image = await world.addImage({ ownerId: world.admin.id, name: `${Math.random()}.png` });
    fault = new TypeError('secret detail');
    const answer = await client.act('images', image.id, 'edit', { name: 'x.png' });
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain('secret');
    expect(answer.notice?.type).toBe('error');
  });
});

describe('links and images', () => {
  it('a link is shown to who may see images, is revoked, alone and with others, and says what state it is in', async () => {
    const image = await world.addImage({ ownerId: world.admin.id, name: 'linked.png' });
    const { account } = await world.staffWith();
    const ids = ['1', '2', '3'].map((digit) => `0199aaaa-0000-7000-8000-00000000000${digit}`);
    for (const [index, id] of ids.entries()) {
      const expiresAt = new Date(Date.now() + (index === 2 ? -1_000 : 600_000));
      await world.models.ExpiringLink.create({
        id,
        imageId: image.id,
        ownerId: account.id,
        expireTimeSeconds: 600,
        expiresAt,
      });
    }
    const shown = (await client.act('links', ids[0] ?? '', 'showLink')) as unknown as { section: { url: string } };
    expect(shown.section.url).toMatch(/\/e\/[\w-]{43}$/);
    const asked = await world.models.AuditEntry.findOne({ where: { action: 'show_link' }, rejectOnEmpty: true });
    expect(asked).toMatchObject({ recordId: ids[0], recordTitle: 'linked.png', actorName: 'admin' });
    const { client: blind } = await world.staffWith('links.view');
    expect((await blind.act('links', ids[0] ?? '', 'showLink')).status).toBe(403);
    const revoked = await client.act('links', ids[0] ?? '', 'revoke');
    expect(revoked.status).toBe(200);
    expect(revoked.record.params.condition).toBe('revoked');
    expect((await client.bulk('links', [ids[1] ?? ''], 'bulkRevoke')).status).toBe(200);
    const { records } = await client.list('links', { sortBy: 'expiresAt', direction: 'asc' });
    expect(records.map(({ params }) => params.condition).sort()).toEqual(['ended', 'revoked', 'revoked']);
    expect(records[0]?.title).toBe('linked.png');
  });

  it('an image is deleted with its bytes', async () => {
    const image = await world.addImage({ ownerId: world.admin.id, name: 'doomed.png' });
    const shown = await client.show('images', image.id);
    const { originalUrl, previewUrl } = shown.record.params as Record<string, string>;
    for (const url of [originalUrl, previewUrl]) expect((await fetch(url as string)).status).toBe(200);
    expect((await client.act('images', image.id, 'delete')).status).toBe(200);
    expect((await client.show('images', image.id)).status).toBe(404);
    for (const url of [originalUrl, previewUrl]) expect((await fetch(url as string)).status).toBe(404);
  });

  it('the log can be read, and nothing else', async () => {
    const { records } = await client.list('log');
    const id = records[0]?.id ?? '';
    expect(records[0]?.recordActions.map(({ name }) => name)).toEqual(['show']);
    for (const action of ['edit', 'delete']) expect((await client.act('log', id, action)).status).toBe(403);
    expect((await client.create('log', { action: 'x' })).status).toBe(403);
  });
});
