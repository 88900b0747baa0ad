import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Dashboard } from '../../../admin/pages/dashboard.ts';
import type { PanelClient } from '../../support/panel/panel-client.ts';
import { openPanelWorld, type PanelWorld } from '../../support/panel/panel-world.ts';

const moment = new Date();
let world: PanelWorld;
let admin: PanelClient;
beforeAll(async () => {
  world = await openPanelWorld();
  admin = await world.loggedIn();
  const owner = world.admin.id;
  const [today] = await Promise.all([
    world.addImage({ ownerId: owner, name: 'today.png' }),
    world.addImage({ ownerId: owner, name: 'broken.png', status: 'failed' }),
    ...['older.png', 'oldest.png'].map((name) => world.addImage({ ownerId: owner, name })),
  ]);
  await setAge('older.png', 3);
  await setAge('oldest.png', 31);
  await world.models.Image.create({
    id: '0199aaaa-0000-7000-8000-000000000001',
    ownerId: owner,
    name: 'arriving.png',
    objectKey: 'arriving',
    state: 'uploading',
    uploadLeaseUntil: new Date(moment.getTime() + 60_000),
  });
  for (const hours of [-1, 1]) {
    const expiresAt = new Date(moment.getTime() + hours * 3_600_000);
    const id = `0199aaaa-0000-7000-8000-00000000001${hours + 1}`;
    await world.models.ExpiringLink.create({
      id,
      imageId: today.id,
      ownerId: owner,
      expireTimeSeconds: 600,
      expiresAt,
    });
  }
});
afterAll(() => world.close());

async function setAge(name: string, days: number): Promise<void> {
  await world.sequelize.query("UPDATE images SET created_at = now() - $2 * interval '1 day' WHERE name = $1", {
    bind: [name, days],
  });
}

async function dashboardOf(client: PanelClient): Promise<Dashboard> {
  const response = await client.get('/admin/api/dashboard');
  expect(response.status).toBe(200);
  return (await response.json()) as Dashboard;
}

/** Figures are kept for some seconds: this is after them. */
function later(): void {
  const ahead = world.clock.now().getTime() - Date.now() + 11_000;
  world.clock.now = () => new Date(Date.now() + ahead);
}

describe('the start page', () => {
  it('counts what there is, by day, status and tier, and no upload that is under way', async () => {
    const { counts, images, uploads = [], accountsByTier, links } = await dashboardOf(admin);
    expect(counts).toMatchObject({ images: 4, users: 1, tiers: 3, groups: 0, links: 2 });
    expect(images).toMatchObject({ ready: 3, failed: 1, processing: 0, uploadedToday: 2 });
    expect(images?.bytes).toBe(await world.models.Image.sum('bytes'));
    expect(uploads).toHaveLength(30);
    expect(uploads.filter((day) => day.images > 0).map((day) => day.images)).toEqual([1, 2]);
    expect(uploads.at(-4)).toMatchObject({ images: 1 });
    expect(uploads.at(-1)?.day).toBe(new Date().toISOString().slice(0, 10));
    expect(accountsByTier?.map(({ name, accounts }) => [name, accounts])).toEqual(
      expect.arrayContaining([
        ['Basic', 1],
        ['Premium', 0],
      ]),
    );
    expect(links).toEqual({ live: 1 });
  });

  it('shows staff nothing of what they may not see, not even its number', async () => {
    const { client: links } = await world.staffWith('links.view');
    expect(await dashboardOf(links)).toEqual({
      counts: { links: 2 },
      links: { live: 1 },
      recent: { own: [] },
      may: [],
    });
    const { client: tiers } = await world.staffWith('tiers.view', 'tiers.add');
    expect(await dashboardOf(tiers)).toEqual({ counts: { tiers: 3 }, recent: { own: [] }, may: ['tiers.add'] });
  });

  it('names images that failed, and one that is tried again is off the list at once', async () => {
    const { client } = await world.staffWith('images.view', 'images.reprocess');
    const { failed = [], may, images } = await dashboardOf(client);
    expect(failed).toMatchObject([
      { name: 'broken.png', owner: 'admin', why: expect.stringContaining('cannot be read') },
    ]);
    expect(may).toEqual(['images.reprocess']);
    expect(images?.failed).toBe(1);
    await client.act('images', String(failed[0]?.id), 'retry');
    expect((await dashboardOf(client)).failed).toEqual([]);
    later();
    expect((await dashboardOf(client)).images).toMatchObject({ failed: 0, processing: 1 });
  });

  it('tells how making thumbnails does; why something does not work is for superusers', async () => {
    await world.sequelize.query(
      "UPDATE images SET work_due_at = now() - interval '1 hour', attempts = 3 WHERE name = 'today.png'",
    );
    Object.assign(world.health, {
      function: { status: 'down', detail: 'no route to 10.0.0.7', queued: 4 },
      sweep: { lastRunAt: moment, faults: { images: 'database host db-1 is away' } },
    });
    const { work } = await dashboardOf(admin);
    expect(work).toMatchObject({
      function: { status: 'down', detail: 'no route to 10.0.0.7', queued: 4 },
      sweep: { lastRunAt: moment.toISOString(), faults: [{ part: 'images', detail: 'database host db-1 is away' }] },
      inVain: 1,
    });
    expect(Date.now() - Date.parse(work?.overdueSince ?? '')).toBeGreaterThan(3_500_000);
    const { client } = await world.staffWith('images.view');
    expect(JSON.stringify(await dashboardOf(client))).not.toMatch(/10\.0\.0\.7|db-1/);
    expect((await dashboardOf(client)).work?.function.status).toBe('down');
  });

  it('lists what somebody did, and what everybody did for who may see the log', async () => {
    const { client, account } = await world.staffWith('tiers.view', 'tiers.add');
    const made = await client.create('tiers', { name: 'Studio', thumbnailHeights: [300] });
    expect(made.status).toBe(200);
    const { recent } = await dashboardOf(client);
    expect(recent.all).toBeUndefined();
    expect(recent.own).toMatchObject([
      { what: 'added it', title: 'Studio', to: expect.stringMatching(/^tiers\/records/) },
    ]);
    const { recent: everybody } = await dashboardOf(admin);
    expect(everybody.own).toEqual([]);
    expect(everybody.all?.find(({ title }) => title === 'Studio')).toMatchObject({
      who: account.username,
      to: expect.stringMatching(/^log\/records/),
    });
  });
});
