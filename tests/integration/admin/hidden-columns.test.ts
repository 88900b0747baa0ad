import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PanelClient } from '../../support/panel/panel-client.ts';
import { openPanelWorld, type PanelWorld } from '../../support/panel/panel-world.ts';

let world: PanelWorld;
let client: PanelClient;
let imageId: string;
beforeAll(async () => {
  world = await openPanelWorld();
  client = await world.loggedIn();
  const image = await world.addImage({ ownerId: world.admin.id });
  imageId = image.id;
  await world.models.ExpiringLink.create({
    id: '0199aaaa-0000-7000-8000-000000000001',
    imageId,
    ownerId: world.admin.id,
    expireTimeSeconds: 600,
    expiresAt: new Date(Date.now() + 600_000),
  });
});
afterAll(() => world.close());

const hidden = /argon2|passwordHash|password_hash|tokenGeneration|token_generation|imagesVersion|objectKey|object_key/;

describe('a column that is not declared', () => {
  it('leaves by no way there is', async () => {
    const { admin } = world;
    const paths = [
      'users/actions/list',
      'users/actions/search',
      'users/actions/search/admin',
      `users/records/${admin.id}/show`,
      `users/records/${admin.id}/edit`,
      `users/records/${admin.id}/delete`,
      `users/records/${admin.id}/setPassword`,
      `users/bulk/bulkDelete?recordIds=${admin.id}`,
      'images/actions/list',
      'images/actions/search/cat',
      `images/records/${imageId}/show`,
      `images/records/${imageId}/edit`,
      `images/bulk/bulkDelete?recordIds=${imageId}`,
      'links/actions/list',
      'log/actions/list',
    ];
    for (const path of paths) {
      const response = await client.get(`/admin/api/resources/${path}`);
      const text = await response.text();
      expect([path, response.status, hidden.exec(text)?.[0]]).toEqual([path, 200, undefined]);
    }
    const edited = await client.act('users', admin.id, 'edit', { email: 'admin@example.org', version: 1 });
    expect(edited.status).toBe(200);
    expect(edited.text).not.toMatch(hidden);
    expect(await (await client.get('/admin')).text()).not.toMatch(hidden);
  });

  it('cannot be told by a filter, a search or an order', async () => {
    const all = await client.list('users');
    const { passwordHash } = await world.models.Account.findByPk(world.admin.id, { rejectOnEmpty: true });
    const queries: Record<string, string>[] = [
      { 'filters.passwordHash': '$argon2id$nothing' },
      { 'filters.passwordHash': String(passwordHash).slice(0, 12) },
      { 'filters.password_hash': 'x' },
      { 'filters.tokenGeneration': '99' },
      { 'filters.usedBytes': '99' },
    ];
    for (const query of queries) {
      expect((await client.list('users', query)).meta.total).toBe(all.meta.total);
    }
    expect((await client.list('users', { query: String(passwordHash).slice(10, 30) })).meta.total).toBe(0);
    const search = await client.get('/admin/api/resources/users/actions/search/%24argon2?searchProperty=passwordHash');
    expect(((await search.json()) as { records: unknown[] }).records).toEqual([]);
    for (const sortBy of ['passwordHash', 'password_hash', 'tokenGeneration', 'constructor', 'imageCount']) {
      const answer = await client.list('users', { sortBy, direction: 'asc' });
      expect(answer.status).toBe(200);
      expect(answer.meta.sortBy).toBe('dateJoined');
    }
  });

  it('does not come along with a record that refers to it', async () => {
    const { records } = await client.list('images');
    const { populated } = records[0] as (typeof records)[number];
    expect(populated.ownerId?.title).toBe('admin');
    expect(Object.keys(populated.ownerId?.params ?? {}).sort()).toEqual(['id', 'username']);
    const shown = await client.show('images', imageId);
    expect(Object.keys(shown.record.populated.ownerId?.params ?? {}).sort()).toEqual(['id', 'username']);
  });
});

describe('an image that is still coming in', () => {
  it('is not there', async () => {
    const uploading = await world.models.Image.create({
      id: '0199aaaa-0000-7000-8000-0000000000aa',
      ownerId: world.admin.id,
      name: 'half.png',
      objectKey: '0199aaaa-0000-7000-8000-0000000000aa/0123456789abcdef0123456789abcdef',
      uploadLeaseUntil: new Date(Date.now() + 60_000),
    });
    expect((await client.list('images')).meta.total).toBe(1);
    expect((await client.show('images', uploading.id)).status).toBe(404);
    const deleted = await client.bulk('images', [uploading.id], 'bulkDelete');
    expect(deleted.status).toBe(404);
    expect(await world.models.Image.count({ where: { id: uploading.id } })).toBe(1);
  });
});
