import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PanelClient } from '../../support/panel/panel-client.ts';
import { adminPassword, openPanelWorld, type PanelWorld } from '../../support/panel/panel-world.ts';

let world: PanelWorld;
let client: PanelClient;
beforeAll(async () => {
  world = await openPanelWorld();
  client = await world.loggedIn();
});
afterAll(() => world.close());

const password = 'three green leaves';
const smuggled = {
  id: '0199aaaa-0000-7000-8000-000000000bad',
  passwordHash: '$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$aGFzaA',
  password_hash: 'x',
  tokenGeneration: 77,
  usedBytes: 5,
  imagesVersion: 9,
  dateJoined: '2001-01-01T00:00:00.000Z',
  lastLogin: '2001-01-01T00:00:00.000Z',
  updatedAt: '2001-01-01T00:00:00.000Z',
};

function multipart(values: Record<string, unknown>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(values)) form.set(name, String(value));
  return form;
}

describe('what a form does not have is not written', () => {
  it.each([
    ['JSON', (values: object) => values],
    ['multipart', (values: object) => multipart(values as Record<string, unknown>)],
  ])('in a new user, by %s', async (kind, body) => {
    const username = `new-${kind}`.toLowerCase();
    const values = { username, password, passwordAgain: password, tierId: world.tier.id, ...smuggled, version: 50 };
    const response = await client.post('/admin/api/resources/users/actions/new', body(values));
    expect(response.status).toBe(200);
    const account = await world.models.Account.findOne({ where: { username }, rejectOnEmpty: true });
    expect(account.id).not.toBe(smuggled.id);
    expect(account).toMatchObject({ tokenGeneration: 1, usedBytes: 0, imagesVersion: 1, version: 1, lastLogin: null });
    expect(account.dateJoined.getUTCFullYear()).toBeGreaterThan(2020);
    expect((await world.client().login('admin', adminPassword)).status).toBe(303);
    await account.update({ isStaff: true });
    expect((await world.client().login(username, password)).status).toBe(303);
  });

  it('in an edit of a user', async () => {
    const { account } = await world.staffWith();
    const hash = account.passwordHash;
    const answer = await client.act('users', account.id, 'edit', { ...smuggled, email: 'new@example.org', version: 1 });
    expect(answer.status).toBe(200);
    await account.reload();
    expect(account).toMatchObject({ email: 'new@example.org', passwordHash: hash, tokenGeneration: 1, usedBytes: 0 });
    expect(account.dateJoined.getUTCFullYear()).toBeGreaterThan(2020);
    expect(account.version).toBe(2);
  });

  it('in an edit of an image, whose name alone can be written', async () => {
    const image = await world.addImage({ ownerId: world.admin.id });
    const { account } = await world.staffWith();
    const values = {
      name: 'renamed.png',
      ownerId: account.id,
      status: 'failed',
      bytes: 1,
      objectKey: 'x',
      sha256: 'y',
    };
    expect((await client.act('images', image.id, 'edit', values)).status).toBe(200);
    const after = await world.models.Image.findByPk(image.id, { rejectOnEmpty: true });
    const { objectKey, bytes, sha256, ownerId, status } = image;
    expect(after).toMatchObject({ name: 'renamed.png', objectKey, bytes, sha256, ownerId, status });
  });

  it('in a tier and a group', async () => {
    const tier = await client.create('tiers', { ...smuggled, name: 'Small', thumbnailHeights: [100], version: 9 });
    expect(tier.status).toBe(200);
    expect(await world.models.Tier.findOne({ where: { name: 'Small' } })).toMatchObject({ version: 1 });
    const group = await client.create('groups', { ...smuggled, name: 'Editors', permissions: [], version: 9 });
    expect(group.status).toBe(200);
    expect(await world.models.Group.findOne({ where: { name: 'Editors' } })).toMatchObject({ version: 1 });
  });

  it('in a bulk action', async () => {
    const { account } = await world.staffWith();
    const path = `/admin/api/resources/users/bulk/bulkDelete?recordIds=${account.id}`;
    const other = await world.staffWith();
    await client.post(path, { recordIds: other.account.id, isSuperuser: true });
    expect(await world.models.Account.count({ where: { id: account.id } })).toBe(0);
    expect(await world.models.Account.count({ where: { id: other.account.id } })).toBe(1);
  });

  it('and nobody makes more of somebody than they are themselves', async () => {
    const staff = await world.staffWith('users.view', 'users.add', 'users.change', 'tiers.view');
    const values = { username: 'climber', password, passwordAgain: password, tierId: world.tier.id };
    for (const more of [{ isSuperuser: true }, { permissions: ['images.delete'] }]) {
      const answer = await staff.client.create('users', { ...values, ...more });
      expect(answer.status).toBe(403);
    }
    expect(await world.models.Account.count({ where: { username: 'climber' } })).toBe(0);
    const own = await staff.client.act('users', staff.account.id, 'edit', { isSuperuser: true, version: 1 });
    expect(own.status).toBe(403);
    const admins = await staff.client.act('users', world.admin.id, 'setPassword', {
      password,
      passwordAgain: password,
    });
    expect(admins.status).toBe(403);
    expect((await world.client().login('admin', adminPassword)).status).toBe(303);
  });

  it('and a prototype stays as it is', async () => {
    const body = '{"__proto__":{"isSuperuser":true},"username":"proto","password":"x","passwordAgain":"x"}';
    const response = await client.post('/admin/api/resources/users/actions/new', body, {
      'content-type': 'application/json',
    });
    expect(response.status).toBe(400);
    await client.list('users', 'filters.__proto__.isSuperuser=true&__proto__.a=b&constructor.prototype.a=b');
    expect(Object.hasOwn(Object.prototype, 'isSuperuser')).toBe(false);
    expect(({} as Record<string, unknown>).a).toBeUndefined();
  });
});

describe('files', () => {
  async function temporaryFiles(): Promise<string[]> {
    return (await readdir(tmpdir())).filter((name) => name.startsWith('upload_'));
  }

  it.each([
    ['without a login', () => world.client()],
    ['after it', () => client],
  ])('leave nothing on the disk, %s', async (_, who) => {
    const before = await temporaryFiles();
    const form = new FormData();
    form.set('name', 'x');
    form.set('file', new Blob([Buffer.alloc(20_000, 1)]), 'evil.sh');
    for (const path of ['/admin/login', '/admin/api/resources/tiers/actions/new', '/admin/upload', '/admin/logout']) {
      const response = await who().post(path, form);
      expect([path, response.status]).not.toEqual([path, 500]);
      expect(await temporaryFiles()).toEqual(before);
      if (path.endsWith('/logout')) client = await world.loggedIn();
    }
  });

  it('and a body that is too large is refused', async () => {
    const response = await client.post('/admin/api/resources/tiers/actions/new', { name: 'x'.repeat(70_000) });
    expect(response.status).toBe(413);
  });
});
