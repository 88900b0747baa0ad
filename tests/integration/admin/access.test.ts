import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import AdminJS from 'adminjs';
import { sayOf } from '../../../admin/locale/languages.ts';
import { createAdmin } from '../../../admin/panel-app.ts';
import { panelUserOf } from '../../../admin/session/panel-user.ts';
import { origin } from '../../support/account-world.ts';
import type { PanelClient } from '../../support/panel/panel-client.ts';
import { openPanelWorld, type PanelWorld } from '../../support/panel/panel-world.ts';

let world: PanelWorld;
let imageId: string;
let superuser: PanelClient;
beforeAll(async () => {
  world = await openPanelWorld();
  superuser = await world.loggedIn();
  imageId = (await world.addImage({ ownerId: world.admin.id })).id;
});
afterAll(() => world.close());

const resources = ['users', 'tiers', 'images', 'links', 'groups', 'log'];

function admin(): AdminJS {
  return createAdmin({ ...world, useCases: {} } as never);
}

describe('staff without a permission', () => {
  it('enter, and see nothing', async () => {
    const { client } = await world.staffWith();
    expect((await client.get('/admin')).status).toBe(200);
    const dashboard = await client.get('/admin/api/dashboard');
    expect(await dashboard.json()).toEqual({ counts: {}, recent: { own: [] }, may: [] });
    for (const resource of resources) {
      expect([resource, (await client.list(resource)).status]).toEqual([resource, 403]);
      const search = await client.get(`/admin/api/resources/${resource}/actions/search/a`);
      expect([resource, search.status]).toEqual([resource, 403]);
    }
    const html = await (await client.get('/admin')).text();
    expect(html).toContain('"resourceActions":[]');
    expect(html).not.toMatch(/"resourceActions":\[\{/);
  });

  it('may do nothing, by no action there is', async () => {
    const { client, account } = await world.staffWith();
    const ids: Record<string, string> = { users: world.admin.id, tiers: world.tier.id, images: imageId };
    for (const resource of admin().resources) {
      const decorated = resource.decorate();
      const id = ids[decorated.id()] ?? account.id;
      for (const [name, action] of Object.entries(decorated.actions)) {
        const path = action.isRecordType() ? `records/${id}/${name}` : `actions/${name}`;
        const call = `${decorated.id()}/${action.isBulkType() ? `bulk/${name}?recordIds=${id}` : path}`;
        const answer = await client.post(`/admin/api/resources/${call}`, { name: 'x' });
        expect([call, answer.status]).toEqual([call, 403]);
        expect(await answer.text()).not.toContain('"params":{"');
      }
    }
  });
});

describe('staff who may see', () => {
  it('see, and change nothing', async () => {
    const { client } = await world.staffWith(...resources.map((resource) => `${resource}.view`));
    for (const resource of resources) expect((await client.list(resource)).status).toBe(200);
    const shown = await client.show('tiers', world.tier.id);
    expect(shown.record.recordActions.map(({ name }) => name)).toEqual(['show', 'impact', 'users', 'history']);
    expect((await client.create('tiers', { name: 'x', thumbnailHeights: [100] })).status).toBe(403);
    expect((await client.act('tiers', world.tier.id, 'edit', { name: 'x', version: 1 })).status).toBe(403);
    expect((await client.act('images', imageId, 'retry')).status).toBe(403);
    expect((await client.bulk('images', [imageId], 'bulkDelete')).status).toBe(403);
    expect(await world.models.Image.count({ where: { id: imageId } })).toBe(1);
  });

  it('one thing get of another only what names it', async () => {
    const { client } = await world.staffWith('images.view');
    const shown = await client.show('images', imageId);
    const owner = shown.record.populated.ownerId;
    expect(owner).toMatchObject({ title: 'admin', recordActions: [] });
    expect((await client.show('users', world.admin.id)).status).toBe(403);
  });

  it('do what their one permission says', async () => {
    const { client } = await world.staffWith('images.view', 'images.reprocess');
    expect((await client.act('images', imageId, 'retry')).status).toBe(200);
    expect(world.requested).toContain(imageId);
    expect((await client.act('images', imageId, 'delete')).status).toBe(403);
  });
});

describe('what a record does not offer, because its use case would refuse it', () => {
  const offered = async (client: PanelClient, resource: string, id: string) => {
    const { record } = await client.show(resource, id);
    return record.recordActions.map(({ name }) => name);
  };
  const changing = ['edit', 'setPassword', 'passwordLink', 'delete'];

  it('are buttons for users with more rights, for groups that permit more, and to delete oneself', async () => {
    const { client, account } = await world.staffWith(
      ...['users.view', 'users.change', 'users.delete', 'groups.view', 'groups.change', 'groups.delete'],
    );
    const { account: more } = await world.staffWith('images.delete');
    const { account: plain } = await world.staffWith();
    for (const [id, expected] of [
      [world.admin.id, []],
      [more.id, []],
      [plain.id, changing],
      [account.id, changing.slice(0, -1)],
    ] as const) {
      const names = await offered(client, 'users', id);
      expect(changing.filter((name) => names.includes(name))).toEqual(expected);
      for (const name of changing.filter((one) => !names.includes(one))) {
        const answer = await client.act('users', id, name, { email: 'x@example.org', version: 1, unusable: true });
        expect([name, answer.status]).toEqual([name, 403]);
      }
    }
    const { records } = await client.list('users', 'perPage=500');
    const ofAdmin = records.find(({ id }) => id === world.admin.id)?.recordActions.map(({ name }) => name);
    expect(ofAdmin).toEqual(await offered(client, 'users', world.admin.id));

    const groups = { within: ['users.view'], beyond: ['users.view', 'images.delete'] };
    for (const [name, permissions] of Object.entries(groups)) {
      const made = await superuser.create('groups', { name, permissions });
      const id = made.redirectUrl?.split('/').at(-2) ?? '';
      const isBeyond = name === 'beyond';
      await plain.reload();
      expect((await offered(client, 'groups', id)).includes('delete')).toBe(!isBeyond);
      expect((await client.show('groups', id)).record.params['limits.isBeyond']).toBe(isBeyond ? true : undefined);
      const given = await client.act('users', plain.id, 'edit', { groupIds: [id], version: plain.version });
      expect([name, given.status]).toEqual([name, isBeyond ? 403 : 200]);
    }
  });

  it('are fields, each with why: flags of the last superuser, the default tier, and who is a superuser', async () => {
    const flags = async (client: PanelClient, id: string) => {
      const { params } = (await client.show('users', id)).record;
      return [params['limits.fields.isSuperuser'], params['limits.fields.isActive']];
    };
    const last = expect.stringContaining('last active superuser');
    expect(await flags(superuser, world.admin.id)).toEqual([last, last]);
    const { client, account } = await world.staffWith('users.view', 'users.change');
    expect(await flags(superuser, account.id)).toEqual([undefined, undefined]);
    expect(await flags(client, account.id)).toEqual(['Only a superuser may change this.', undefined]);
    await account.update({ isSuperuser: true });
    expect(await flags(superuser, world.admin.id)).toEqual([undefined, undefined]);
    await account.update({ isSuperuser: false });

    const { records } = await superuser.list('tiers');
    const fixed = records.filter(({ params }) => params['limits.fields.isDefault'] !== undefined);
    expect(fixed.map(({ id }) => id)).toEqual([world.tier.id]);
    const values = { isDefault: false, version: fixed[0]?.params.version };
    expect((await superuser.act('tiers', world.tier.id, 'edit', values)).status).toBe(400);
  });

  it('stands in the page for a new user: superusers alone make superusers', async () => {
    const { client } = await world.staffWith('users.view', 'users.add');
    const page = await (await client.get('/admin/resources/users/actions/new')).text();
    expect(page).toContain('"holds":["users.view","users.add"]');
    expect(page).toContain('"newLimits":{"users":{"fields":{"isSuperuser":"Only a superuser may change this."}}}');
    const itsPage = await (await superuser.get('/admin/resources/users/actions/new')).text();
    expect(itsPage).toContain('"newLimits":{"users":{}}');
  });
});

describe('the rules of access', () => {
  it('answer yes or no, never a promise, which AdminJS would take for a yes', async () => {
    const actor = await world.loadActor((await world.staffWith()).account.id);
    const user = actor && panelUserOf(actor, origin, { language: 'en', say: sayOf('en') });
    for (const resource of admin().resources) {
      for (const action of Object.values(resource.decorate().actions)) {
        expect([resource.id(), action.name, action.isAccessible(user as never)]).toEqual([
          resource.id(),
          action.name,
          false,
        ]);
        expect(action.isAccessible(undefined)).toBe(false);
      }
    }
  });

  it('leave no action that writes as AdminJS has it', () => {
    const own = AdminJS.ACTIONS as unknown as Record<string, { handler: unknown }>;
    for (const resource of admin().resources) {
      for (const [name, action] of Object.entries(resource.decorate().actions)) {
        const { handler, isAccessible } = (action as unknown as { action: Record<string, unknown> }).action;
        const isStock = handler === own[name]?.handler;
        const isClosed = (isAccessible as (context: object) => boolean)({
          currentAdmin: { actor: { isSuperuser: true } },
        });
        if (isStock && name !== 'show') expect([resource.id(), name, isClosed]).toEqual([resource.id(), name, false]);
      }
    }
  });

  it('let nothing be written past a use case', async () => {
    for (const resource of admin().resources) {
      await expect(resource.create({ name: 'x' })).rejects.toThrow('use case');
      await expect(resource.update(world.tier.id, { name: 'x' })).rejects.toThrow('use case');
      await expect(resource.delete(world.tier.id)).rejects.toThrow('use case');
    }
  });

  it.each([
    ['an unknown resource', 'nothing/actions/list', 404],
    ['an unknown action', 'users/actions/explode', 404],
    ['an action of a prototype', 'users/actions/constructor', 404],
    ['a record action without a record', 'users/actions/edit', 404],
    ['a resource action on a record', 'users/records/0199aaaa-0000-7000-8000-000000000001/list', 404],
    ['an unknown record', 'users/records/0199aaaa-0000-7000-8000-000000000001/show', 404],
    ['an id that is none', 'users/records/1%20or%201/show', 404],
    ['an id with a null byte', 'users/records/%00/show', 404],
    ['a broken escape', 'users/records/%E0%A4%A/show', 404],
    ['AdminJS’s old search', 'users/search/admin', 404],
    ['no chosen records', 'users/bulk/bulkDelete', 400],
    ['chosen records twice', 'users/bulk/bulkDelete?recordIds=a&recordIds=b', 400],
    ['no good ids', 'users/bulk/bulkDelete?recordIds=a,b', 404],
  ])('answer %s', async (_, path, status) => {
    const response = await superuser.get(`/admin/api/resources/${path}`);
    expect(response.status).toBe(status);
    expect(await response.text()).not.toMatch(/\bat \w+ \(|\.ts\b|adminjs|SELECT/i);
  });
});
