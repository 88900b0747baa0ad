import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildAccount } from '../../support/builders/build-account.ts';
import { buildTier } from '../../support/builders/build-tier.ts';
import { openPanelWorld, type PanelWorld } from '../../support/panel/panel-world.ts';

let world: PanelWorld;
beforeAll(async () => {
  world = await openPanelWorld();
});
afterAll(() => world.close());

const impactOf = (id: string) => `/admin/api/resources/tiers/records/${id}/impact`;

describe('the reach of a tier', () => {
  it('counts its users, their images, and the thumbnails that are made', async () => {
    const tier = await buildTier(world.models);
    const owner = await buildAccount(world.models, { tierId: tier.id });
    await world.addImage({ ownerId: owner.id, name: 'a.png' });
    await world.addImage({ ownerId: owner.id, name: 'b.png', status: 'processing' });
    await world.addImage({ ownerId: owner.id, name: 'c.png', status: 'failed' });
    await world.models.Job.create({
      id: '01900000-0000-7000-8000-000000000001',
      kind: 'tier-changed',
      payload: { tierId: tier.id },
      state: 'running',
      progressDone: 1,
      progressTotal: 2,
    });
    const { client } = await world.staffWith('tiers.view');
    expect(await (await client.get(impactOf(tier.id))).json()).toMatchObject({
      section: {
        accounts: 1,
        images: 2,
        made: [{ height: 200, format: 'same', images: 1 }],
        jobs: [{ state: 'running', done: 1, total: 2 }],
      },
    });
  });

  it('moves its users to another tier, for who may change users; the empty tier can be deleted then', async () => {
    const tier = await buildTier(world.models);
    const owner = await buildAccount(world.models, { tierId: tier.id });
    const { client: viewer } = await world.staffWith('tiers.view');
    expect((await viewer.post(impactOf(tier.id), { to: world.tier.id })).status).toBe(403);

    const admin = await world.loggedIn();
    expect((await admin.act('tiers', tier.id, 'delete')).problem?.code).toBe('in_use');
    expect((await admin.act('tiers', tier.id, 'impact', { to: tier.id })).status).toBe(400);
    expect((await admin.act('tiers', tier.id, 'impact', { to: world.tier.id })).notice?.message).toMatch(/^1 user has/);
    expect((await owner.reload()).tierId).toBe(world.tier.id);
    expect((await admin.act('tiers', tier.id, 'delete')).status).toBe(200);
  });
});
