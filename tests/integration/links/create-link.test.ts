import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { linkSchema } from '../../../core/contracts/link.ts';
import type { AccountModel } from '../../../server/accounts/account.model.ts';
import { buildAccount } from '../../support/builders/build-account.ts';
import { buildStoredImage, buildThumbnail } from '../../support/builders/build-stored-image.ts';
import { buildTier } from '../../support/builders/build-tier.ts';
import { type LinksWorld, openLinksWorld } from '../../support/links-world.ts';

let world: LinksWorld;
let owner: AccountModel;

beforeAll(async () => {
  world = await openLinksWorld();
  owner = await world.buildOwner();
});
afterAll(() => world.close());

const post = (query: string, as: { id: string } = owner, init: RequestInit = {}) =>
  world.request(`/image/expiring/${query}`, { method: 'POST', as, ...init });

async function problem(answer: Response) {
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  const { status, code, detail } = (await answer.json()) as { status: number; code: string; detail: string };
  expect(status).toBe(answer.status);
  return { status, code, detail };
}

async function waitUntilSomebodyWaits({ sequelize }: LinksWorld): Promise<void> {
  for (;;) {
    const [rows] = await sequelize.query('SELECT FROM pg_locks WHERE NOT granted');
    if (rows.length > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('POST /image/expiring/', () => {
  it('answers 201 with the link, all of it and no more', async () => {
    const image = await buildStoredImage(world, { ownerId: owner.id, name: 'cat.png' });
    const answer = await post('?image=cat.png&expire_time=300');
    expect(answer.status).toBe(201);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const link = linkSchema.strict().parse(await answer.json());
    expect(link).toMatchObject({ image: image.id, imageName: 'cat.png', expireTime: 300, maxUses: null, uses: 0 });
    expect(Date.parse(link.expiresAt) - Date.parse(link.createdAt)).toBe(300_000);
    expect(Math.abs(Date.parse(link.createdAt) - Date.now())).toBeLessThan(5_000);
    expect(link.url).toMatch(/^http:\/\/darkroom\.test\/e\/[\w-]{43}$/);
  });

  it('takes the parameters from the query, a form, multipart fields or JSON, each in one place', async () => {
    const { id } = await buildStoredImage(world, { ownerId: owner.id });
    const form = new FormData();
    form.set('image', id);
    form.set('expire_time', '300');
    const json = { 'content-type': 'application/json' };
    const answers = [
      await post('', owner, { body: form }),
      await post('', owner, { body: new URLSearchParams({ image: id, expire_time: '300' }) }),
      await post('', owner, { headers: json, body: JSON.stringify({ image: id, expire_time: 300 }) }),
      await post(`?image=${id}`, owner, { headers: json, body: '{"expire_time":"300"}' }),
    ];
    expect(answers.map((answer) => answer.status)).toEqual([201, 201, 201, 201]);
    const twice = await post(`?image=${id}&expire_time=300`, owner, { headers: json, body: '{"expire_time":300}' });
    expect(await problem(twice)).toMatchObject({ status: 400, code: 'invalid_request' });
    expect((await post(`?image=${id}&expire_time=300&expire_time=300`)).status).toBe(400);
    const empty = await post(`?image=${id}&expire_time=300&max_uses=&height=`, owner, {
      body: new URLSearchParams({ expireTime: '', maxUses: '' }),
    });
    expect([empty.status, await empty.json()]).toEqual([201, expect.objectContaining({ maxUses: null })]);
    expect(await problem(await post('?image=&expire_time=300'))).toMatchObject({
      status: 400,
      code: 'invalid_request',
    });
  });

  it('reads `image` as an id before it reads it as a name, and a name exactly', async () => {
    const first = await buildStoredImage(world, { ownerId: owner.id, name: 'Zoë 100%.png' });
    const second = await buildStoredImage(world, { ownerId: owner.id, name: first.id });
    const imageOf = async (text: string) => {
      const answer = await post(`?image=${encodeURIComponent(text)}&expire_time=300`);
      return answer.status === 201 ? ((await answer.json()) as { image: string }).image : answer.status;
    };
    expect(await imageOf(first.id)).toBe(first.id);
    expect(await imageOf(first.id.toUpperCase())).toBe(first.id);
    expect(await imageOf(second.id)).toBe(second.id);
    expect(await imageOf('Zoë 100%.png')).toBe(first.id);
    expect(await imageOf('Zoe\u0308 100%.png')).toBe(first.id);
    for (const other of ['zoë 100%.png', 'Zoë 100%', 'Zoë 100_.png', 'a\0b', '%', 'null']) {
      expect(await imageOf(other)).toBe(404);
    }
  });

  it('checks the parameters before the image, the image before the tier, the tier before the thumbnail', async () => {
    const plain = await buildTier(world.models, { expiringLink: false, thumbnailHeights: [200, 400] });
    const other = await buildAccount(world.models, { tierId: plain.id });
    const image = await buildStoredImage(world, { ownerId: other.id, name: 'dog.png' });

    expect(await problem(await post('?image=none.png&expire_time=299', other))).toEqual({
      status: 400,
      code: 'invalid_request',
      detail: 'expire_time: has to be a whole number of seconds, 300 to 30000, in digits',
    });
    expect(await problem(await post('?image=none.png&expire_time=300', other))).toMatchObject({ status: 404 });
    const forbidden = await post('?image=dog.png&expire_time=300&height=200', other);
    expect(await problem(forbidden)).toMatchObject({ status: 403, code: 'tier_forbids' });

    await plain.update({ expiringLink: true });
    const early = await post('?image=dog.png&expire_time=300&height=200', other);
    expect(await problem(early)).toMatchObject({ status: 409, code: 'not_ready' });
    await buildThumbnail(world, { image, tierHeight: 200 });
    expect((await post('?image=dog.png&expire_time=300&height=200', other)).status).toBe(201);
    expect((await post('?image=dog.png&expire_time=300&height=300', other)).status).toBe(400);
  });

  it('names the bounds of the tier that the account has now', async () => {
    const tier = await buildTier(world.models, {
      expiringLink: true,
      expiringLinkMinSeconds: 1,
      expiringLinkMaxSeconds: 2,
    });
    const other = await buildAccount(world.models, { tierId: tier.id });
    await buildStoredImage(world, { ownerId: other.id, name: 'a.png' });
    const statuses = [];
    for (const seconds of [0, 1, 2, 3]) {
      statuses.push((await post(`?image=a.png&expire_time=${seconds}`, other)).status);
    }
    expect(statuses).toEqual([400, 201, 201, 400]);
    await tier.update({ expiringLinkMaxSeconds: 604_800 });
    expect((await post('?image=a.png&expire_time=604800', other)).status).toBe(201);
    expect((await problem(await post('?image=a.png&expire_time=604801', other))).detail).toContain('1 to 604800');
  });

  it('does not know images of others, uploads that still run, nor callers without a token', async () => {
    const stranger = await world.buildOwner();
    const image = await buildStoredImage(world, { ownerId: stranger.id, name: 'theirs.png' });
    expect((await post(`?image=${image.id}&expire_time=300`)).status).toBe(404);
    expect((await post('?image=theirs.png&expire_time=300')).status).toBe(404);
    await image.update({ state: 'uploading', uploadLeaseUntil: new Date() });
    expect((await post(`?image=${image.id}&expire_time=300`, stranger)).status).toBe(404);
    const unknown = await world.request('/image/expiring/?image=a&expire_time=1', { method: 'POST' });
    expect(unknown.status).toBe(401);
    expect(unknown.headers.get('www-authenticate')).toBe('Bearer realm="api"');
  });

  it('is 404 when the image is deleted after it was found', async () => {
    const image = await buildStoredImage(world, { ownerId: owner.id });
    const deletion = await world.sequelize.transaction();
    await image.destroy({ transaction: deletion });
    const answer = post(`?image=${image.id}&expire_time=300`);
    await waitUntilSomebodyWaits(world);
    await deletion.commit();
    expect(await problem(await answer)).toMatchObject({ status: 404, code: 'not_found' });
  });

  it('is 201 or 404 while the image is deleted, and leaves no link of what is gone', async () => {
    const rounds = Array.from({ length: 25 }, async (_, index) => {
      const image = await buildStoredImage(world, { ownerId: owner.id, name: `race-${index}.png` });
      const answers = Promise.all([
        post(`?image=${image.id}&expire_time=300`),
        post(`?image=${image.id}&expire_time=300`),
      ]);
      await image.destroy();
      return (await answers).map((answer) => answer.status);
    });
    for (const status of (await Promise.all(rounds)).flat()) expect([201, 404]).toContain(status);
  });
});

describe('the list of links', () => {
  it('is newest first, one owner, and can be of one image', async () => {
    const lister = await world.buildOwner();
    const [a, b] = [
      await buildStoredImage(world, { ownerId: lister.id, name: 'a.png' }),
      await buildStoredImage(world, { ownerId: lister.id, name: 'b.png' }),
    ];
    for (const image of [a, b, a]) await post(`?image=${image.id}&expire_time=300`, lister);
    await post(`?image=a.png&expire_time=300`, lister);
    const list = async (query = '') =>
      (await (await world.request(`/image/expiring/${query}`, { as: lister })).json()) as { imageName: string }[];
    expect((await list()).map((link) => link.imageName)).toEqual(['a.png', 'a.png', 'b.png', 'a.png']);
    expect(await list('?image=b.png')).toHaveLength(1);
    expect(await list(`?image=${a.id}`)).toHaveLength(3);
    expect(await list('?image=none.png')).toEqual([]);
    expect(await list('?image=')).toEqual(await list());
    for (const link of await list()) linkSchema.strict().parse(link);
    const stranger = await world.buildOwner();
    expect(await (await world.request('/image/expiring', { as: stranger })).json()).toEqual([]);
    expect((await world.request('/image/expiring/', { as: lister, method: 'HEAD' })).status).toBe(200);
  });

  it('gives each of many links once', async () => {
    const lister = await world.buildOwner();
    const image = await buildStoredImage(world, { ownerId: lister.id });
    await world.sequelize.query(
      `INSERT INTO expiring_links (id, image_id, owner_id, expire_time_seconds, expires_at, created_at)
       SELECT gen_random_uuid(), $1, $2, 300, now(), now() - make_interval(secs => n / 7) FROM generate_series(1, 1234) n`,
      { bind: [image.id, lister.id] },
    );
    const answer = await world.request('/image/expiring/', { as: lister });
    const links = (await answer.json()) as { id: string; createdAt: string }[];
    expect(new Set(links.map((link) => link.id)).size).toBe(1234);
    expect(links.map((link) => link.createdAt)).toEqual(
      links
        .map((link) => link.createdAt)
        .toSorted()
        .toReversed(),
    );
  });
});

describe('DELETE /image/expiring/{id}', () => {
  const revoke = (id: string, as: { id: string }) => world.request(`/image/expiring/${id}/`, { method: 'DELETE', as });

  it('ends a link for good, and may be said twice', async () => {
    await buildStoredImage(world, { ownerId: owner.id, name: 'gone.png' });
    const link = (await (await post('?image=gone.png&expire_time=300')).json()) as { id: string; url: string };
    const path = new URL(link.url).pathname;
    expect((await world.request(path)).status).toBe(200);
    expect((await revoke(link.id, owner)).status).toBe(204);
    expect(await problem(await world.request(path))).toMatchObject({ status: 410, code: 'link_ended' });
    expect((await revoke(link.id, owner)).status).toBe(204);
    expect(await (await world.request('/image/expiring/?image=gone.png', { as: owner })).json()).toEqual([]);
    expect(await world.models.AuditEntry.count({ where: { resource: 'links' } })).toBe(0);
  });

  it('is 404 for the link of somebody else, for an unknown id and for a malformed one', async () => {
    await buildStoredImage(world, { ownerId: owner.id, name: 'mine.png' });
    const link = (await (await post('?image=mine.png&expire_time=300')).json()) as { id: string };
    const stranger = await world.buildOwner();
    expect((await revoke(link.id, stranger)).status).toBe(404);
    expect((await revoke(stranger.id, owner)).status).toBe(404);
    expect((await revoke('mine.png', owner)).status).toBe(404);
    expect((await revoke('%zz', owner)).status).toBe(404);
  });

  it('lets staff with the permission revoke any link, which the log tells', async () => {
    await buildStoredImage(world, { ownerId: owner.id, name: 'staff.png' });
    const link = (await (await post('?image=staff.png&expire_time=300')).json()) as { id: string };
    const staff = { isStaff: true, tierId: world.tier.id };
    const clerk = await buildAccount(world.models, { ...staff, permissions: ['links.view'] });
    const keeper = await buildAccount(world.models, { ...staff, permissions: ['links.delete'] });
    expect((await revoke(link.id, clerk)).status).toBe(404);
    expect((await revoke(link.id, keeper)).status).toBe(204);
    expect((await revoke(link.id, keeper)).status).toBe(204);
    const entries = await world.models.AuditEntry.findAll({ where: { recordId: link.id } });
    expect(entries.map(({ action, actorId, recordTitle }) => ({ action, actorId, recordTitle }))).toEqual([
      { action: 'revoke', actorId: keeper.id, recordTitle: 'staff.png' },
    ]);
  });
});
