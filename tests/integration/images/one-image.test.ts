import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { imageSchema } from '../../../core/contracts/image.ts';
import type { AccountModel } from '../../../server/accounts/account.model.ts';
import { renameImageOf } from '../../../server/images/rename-image.ts';
import { type ImagesWorld, makePicture, openImagesWorld } from '../../support/images-world.ts';

let world: ImagesWorld;
let owner: AccountModel;
let stranger: AccountModel;
beforeAll(async () => {
  world = await openImagesWorld();
  owner = await world.buildOwner();
  stranger = await world.buildOwner({ isStaff: true, isSuperuser: true });
});
afterAll(() => world.close());

async function rename(id: string, body: unknown, as = owner) {
  const init = { method: 'PATCH', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const response = await world.request(`/image/${id}`, { as, ...init });
  return { http: response.status, ...((await response.json()) as Record<string, unknown>) };
}

describe('one image', () => {
  it('is read by its id in any case, by its owner alone', async () => {
    const image = await world.uploaded(owner, await makePicture(1));
    const response = await world.request(`/image/${image.id.toUpperCase()}/`, { as: owner });
    expect(response.status).toBe(200);
    expect(imageSchema.parse(await response.json())).toEqual(image);
    for (const method of ['GET', 'PATCH', 'DELETE']) {
      const init =
        method === 'PATCH' ? { body: '{"name":"x.png"}', headers: { 'content-type': 'application/json' } } : {};
      expect((await world.request(`/image/${image.id}`, { as: stranger, method, ...init })).status).toBe(404);
    }
    for (const id of [
      'x',
      '00000000-0000-7000-8000-00000000000',
      '00000000-0000-7000-8000-000000000000',
      `${image.id}0`,
    ]) {
      expect((await world.request(`/image/${id}`, { as: owner })).status).toBe(404);
    }
  });

  it('is deleted with 204, and is gone', async () => {
    const image = await world.uploaded(owner, await makePicture(1));
    const before = (await owner.reload()).usedBytes;
    expect((await world.request(`/image/${image.id}`, { as: owner, method: 'DELETE' })).status).toBe(204);
    expect((await world.request(`/image/${image.id}`, { as: owner })).status).toBe(404);
    expect((await world.request(`/image/${image.id}`, { as: owner, method: 'DELETE' })).status).toBe(404);
    expect((await owner.reload()).usedBytes).toBe(before - image.bytes);
  });
});

describe('renaming', () => {
  it('gives the name by the rules of a name, tells about it, and makes another version', async () => {
    const image = await world.uploaded(owner, await makePicture(1), { name: 'old.png' });
    const version = (await owner.reload()).imagesVersion;
    expect(await rename(image.id, { name: 'a/b\\e\u0301.png' })).toMatchObject({
      http: 200,
      id: image.id,
      name: '\u00e9.png',
    });
    expect((await owner.reload()).imagesVersion).toBe(version + 1);
    expect(await world.models.ImageEvent.count({ where: { imageId: image.id } })).toBe(2);
    expect(await rename(image.id, { name: '\u00e9.png' })).toMatchObject({ http: 200 });
    expect((await owner.reload()).imagesVersion).toBe(version + 1);
  });

  it('to a name that is taken is 409, never a suffix', async () => {
    await world.uploaded(owner, await makePicture(1), { name: 'taken.png' });
    const image = await world.uploaded(owner, await makePicture(1), { name: 'free.png' });
    expect(await rename(image.id, { name: 'taken.png' })).toMatchObject({ http: 409, code: 'name_taken' });
    expect(await rename(image.id, { name: 'Taken.png' })).toMatchObject({ http: 200, name: 'Taken.png' });
  });

  it('to the same name at once: one wins', async () => {
    const images = await Promise.all(
      Array.from({ length: 10 }, async (_, n) => world.uploaded(owner, await makePicture(n))),
    );
    const statuses = await Promise.all(
      images.map(async (image) => (await rename(image.id, { name: 'race.png' })).http),
    );
    expect(statuses.sort()).toEqual([200, ...Array.from({ length: 9 }, () => 409)]);
  });

  it.each([
    [{ name: '' }, 'invalid_filename'],
    [{ name: '..' }, 'invalid_filename'],
    [{ name: 'a\u0000b' }, 'invalid_filename'],
    [{ name: 'a'.repeat(256) }, 'invalid_filename'],
    [{ name: '\ud800' }, 'invalid_filename'],
    [{}, 'invalid_request'],
    [{ name: 5 }, 'invalid_request'],
    [{ name: 'a.png', id: 'x' }, 'invalid_request'],
  ])('to %j is refused', async (body, code) => {
    const image = await world.uploaded(owner, await makePicture(1));
    expect(await rename(image.id, body)).toMatchObject({ http: 400, code });
  });

  it('by staff needs the permission, and goes into the log', async () => {
    const image = await world.uploaded(owner, await makePicture(1), { name: 'mine.png' });
    const entries: unknown[] = [];
    const renameImage = renameImageOf({ ...world, recordAudit: async (entry) => void entries.push(entry) });
    const origin = { address: '127.0.0.1', requestId: 'r' };
    const asStaff = async (account: AccountModel) =>
      renameImage((await world.loadActor(account.id))!, {
        imageId: image.id,
        name: 'theirs.png',
        origin,
        asStaff: true,
      });
    await expect(asStaff(await world.buildOwner({ isStaff: true }))).rejects.toMatchObject({ code: 'not_found' });
    const staff = await world.buildOwner({ isStaff: true, permissions: ['images.change'] });
    expect(await asStaff(staff)).toMatchObject({ name: 'theirs.png' });
    expect(entries).toEqual([
      expect.objectContaining({ resource: 'images', changes: { name: { from: 'mine.png', to: 'theirs.png' } } }),
    ]);
  });
});
