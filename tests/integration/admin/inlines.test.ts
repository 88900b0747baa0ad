import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidV7 } from 'uuid';
import type { GroupModel } from '../../../server/accounts/group.model.ts';
import { buildAccount } from '../../support/builders/build-account.ts';
import type { PanelClient } from '../../support/panel/panel-client.ts';
import { openPanelWorld, type PanelWorld } from '../../support/panel/panel-world.ts';

let world: PanelWorld;
let admin: PanelClient;
let printers: GroupModel;
beforeAll(async () => {
  world = await openPanelWorld();
  admin = await world.loggedIn();
  printers = await world.models.Group.create({ id: uuidV7(), name: 'Printers' });
  const couriers = await world.models.Group.create({ id: uuidV7(), name: 'Couriers' });
  for (const [username, groups] of [
    ['heron', [printers, couriers]],
    ['ibis', [printers]],
    ['jay', [couriers]],
  ] as const) {
    const account = await buildAccount(world.models, { username, tierId: world.tier.id });
    for (const { id } of groups) await world.models.AccountGroup.create({ accountId: account.id, groupId: id });
  }
});
afterAll(() => world.close());

describe('what belongs to a record', () => {
  it('is a section of its page, for who may see both', async () => {
    const inlines = async (client: PanelClient, resource: string, id: string) => {
      const { record } = await client.show(resource, id);
      const actions = record.recordActions as { name: string; custom: { inline?: { resource: string } } }[];
      return actions.flatMap(({ name, custom }) => (custom.inline ? [`${name}: ${custom.inline.resource}`] : []));
    };
    const { client: both } = await world.staffWith('tiers.view', 'groups.view', 'users.view', 'images.view');
    expect(await inlines(both, 'tiers', world.tier.id)).toEqual(['users: users']);
    expect(await inlines(both, 'groups', printers.id)).toEqual(['users: users']);
    expect(await inlines(both, 'users', world.admin.id)).toEqual(['images: images']);
    const { client: one } = await world.staffWith('tiers.view', 'groups.view');
    expect(await inlines(one, 'tiers', world.tier.id)).toEqual([]);
    expect((await one.get(`/admin/api/resources/groups/records/${printers.id}/users`)).status).toBe(403);
  });

  it('is found by its list: the users of a group, whose name stands above', async () => {
    const of = async (id: string) => {
      const { records } = await admin.list('users', { 'filters.groupIds': id, sortBy: 'username' });
      return records.map(({ title }) => title);
    };
    expect(await of(printers.id)).toEqual(['heron', 'ibis']);
    expect(await of(world.tier.id)).toEqual([]);
    expect(await of('no id')).toEqual([]);
    const answer = await admin.get(`/admin/api/resources/users/actions/facets?filters.groupIds=${printers.id}`);
    const { facets } = (await answer.json()) as { facets: { name: string; kind: string; choices: object[] }[] };
    expect(facets.find(({ name }) => name === 'groupIds')).toMatchObject({
      kind: 'named',
      choices: [{ value: printers.id, label: 'Printers' }],
    });
  });

  it('is told what may be done with each, so that who may only look gets no input', async () => {
    const actionsOf = async (client: PanelClient) => {
      const { records } = await client.list('users', { 'filters.groupIds': printers.id });
      return records.map(({ recordActions }) => recordActions.map(({ name }) => name));
    };
    const { client: looking } = await world.staffWith('groups.view', 'users.view');
    for (const names of await actionsOf(looking)) expect(names).not.toEqual(expect.arrayContaining(['edit', 'delete']));
    const { client: changing } = await world.staffWith('groups.view', 'users.view', 'users.change', 'users.delete');
    for (const names of await actionsOf(changing)) expect(names).toEqual(expect.arrayContaining(['edit', 'delete']));
  });
});

describe('an image that is renamed in a list', () => {
  it('keeps the name that somebody else gave it meanwhile', async () => {
    const image = await world.addImage({ ownerId: world.admin.id, name: 'quay.png' });
    const rename = (name: string, version: number) => admin.act('images', image.id, 'edit', { name, version });
    expect((await rename('pier.png', 1)).status).toBe(200);
    const late = await rename('jetty.png', 1);
    expect([late.status, late.problem?.code]).toEqual([409, 'conflict']);
    expect((await image.reload()).name).toBe('pier.png');
    expect((await rename('jetty.png', 2)).status).toBe(200);
  });
});
