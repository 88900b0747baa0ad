import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DeletionPlan } from '../../../admin/deletion/deletion-plan.ts';
import { buildAccount } from '../../support/builders/build-account.ts';
import type { PanelClient } from '../../support/panel/panel-client.ts';
import { openPanelWorld, type PanelWorld } from '../../support/panel/panel-world.ts';

let world: PanelWorld;
beforeAll(async () => {
  world = await openPanelWorld();
});
afterAll(() => world.close());

async function planOf(client: PanelClient, resource: string, ids: string[]) {
  const response = await client.post(`/admin/api/resources/${resource}/actions/deletion`, { ids });
  return { status: response.status, ...((await response.json()) as { plan: DeletionPlan }) };
}

async function ownerOf(names: string[], status: 'ready' | 'failed' = 'ready') {
  const owner = await buildAccount(world.models, { tierId: world.tier.id });
  for (const name of names) await world.addImage({ ownerId: owner.id, name, status });
  return owner;
}

describe('before a deletion', () => {
  it('of users: images by name, the first 20, thumbnails and groups, over all of them', async () => {
    const names = Array.from({ length: 21 }, (_, index) => `many-${String(index).padStart(2, '0')}.png`);
    const many = await ownerOf(names, 'failed');
    const one = await ownerOf(['a-first.png']);
    const group = await world.models.Group.create({ id: one.id, name: 'Darkroom hands' });
    await world.models.AccountGroup.create({ accountId: one.id, groupId: group.id });
    const { plan } = await planOf(await world.loggedIn(), 'users', [many.id, one.id]);
    const images = plan.goes.find(({ kind }) => kind === 'images');
    expect(images).toMatchObject({ count: 22 });
    expect(images?.names).toHaveLength(20);
    expect(images?.names[0]).toBe('a-first.png');
    expect(plan.goes).toContainEqual({ kind: 'thumbnails', count: 1, names: [] });
    expect(plan.goes).toContainEqual({ kind: 'memberships', count: 1, names: ['Darkroom hands'] });
    expect(plan.keeps).toEqual([]);
  });

  it('counts, and names nothing, where the person may not see it', async () => {
    const owner = await ownerOf(['secret.png']);
    const { client } = await world.staffWith('users.view', 'users.delete');
    const { plan } = await planOf(client, 'users', [owner.id]);
    expect(plan.goes.find(({ kind }) => kind === 'images')).toEqual({ kind: 'images', count: 1, names: [] });
    expect(JSON.stringify(plan)).not.toContain('secret');
  });

  it('says who stays and why, just as the deletion then decides', async () => {
    const { client, account } = await world.staffWith('users.view', 'users.delete');
    const deleting = await buildAccount(world.models, { tierId: world.tier.id, permissions: ['images.delete'] });
    const plain = await buildAccount(world.models, { tierId: world.tier.id });
    const ids = [account.id, world.admin.id, deleting.id, plain.id];
    const { plan } = await planOf(client, 'users', ids);
    const reasons = Object.fromEntries(plan.keeps.map(({ id, reason }) => [id, reason]));
    expect(plan.goes).toEqual([]);
    expect(reasons).toEqual({ [account.id]: 'own', [world.admin.id]: 'superuser', [deleting.id]: 'rights' });
    await client.bulk('users', ids, 'bulkDelete');
    expect(await world.models.Account.count({ where: { id: ids } })).toBe(3);
  });

  it('of tiers: the default stays, and one in use with the names of its users', async () => {
    const user = await buildAccount(world.models);
    const { plan } = await planOf(await world.loggedIn(), 'tiers', [world.tier.id, user.tierId]);
    expect(plan.keeps.find(({ id }) => id === world.tier.id)?.reason).toBe('default');
    expect(plan.keeps.find(({ id }) => id === user.tierId)).toMatchObject({
      reason: 'inUse',
      count: 1,
      names: [user.username],
    });
  });

  it('asks for the right to delete, for ids, and for POST', async () => {
    const { client } = await world.staffWith('users.view');
    expect((await planOf(client, 'users', [])).status).toBe(403);
    const admin = await world.loggedIn();
    expect((await planOf(admin, 'users', ["x') OR true --"])).status).toBe(400);
    expect((await admin.get('/admin/api/resources/users/actions/deletion')).status).toBe(405);
  });
});
