import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import type { AccountModel } from '../../../server/accounts/account.model.ts';
import { findStoredImage } from '../../../server/images/image-table.ts';
import { pendingHeights } from '../../../server/images/missing-thumbnails.ts';
import { buildAccount } from '../../support/builders/build-account.ts';
import { buildTier } from '../../support/builders/build-tier.ts';
import type { PanelClient } from '../../support/panel/panel-client.ts';
import { openPanelWorld, type PanelWorld } from '../../support/panel/panel-world.ts';

let world: PanelWorld;
let admin: PanelClient;
let owner: AccountModel;

beforeAll(async () => {
  world = await openPanelWorld();
  admin = await world.loggedIn();
  const tier = await buildTier(world.models, {
    thumbnailHeights: [200, 400],
    expiringLink: true,
    expiringLinkMinSeconds: 300,
    expiringLinkMaxSeconds: 600,
  });
  owner = await buildAccount(world.models, { tierId: tier.id });
});
afterAll(() => world.close());

let count = 0;
const addImage = (ownerId: string) => world.addImage({ ownerId, name: `cat-${++count}.png` });
const section = async <T>(client: PanelClient, address: string) =>
  ((await (await client.get(`/admin/api/resources/${address}`)).json()) as { section: T }).section;
const lastEntry = () => world.models.AuditEntry.findOne({ order: [['id', 'DESC']], rejectOnEmpty: true });

async function addPhoto(exif: Parameters<ReturnType<typeof sharp>['withExif']>[0]) {
  const image = await addImage(owner.id);
  const bytes = await sharp({ create: { width: 30, height: 20, channels: 3, background: '#345' } })
    .withExif(exif)
    .jpeg()
    .toBuffer();
  await world.store.put('originals', image.objectKey, bytes, { contentType: 'image/jpeg' });
  await image.update({ bytes: bytes.length, contentType: 'image/jpeg' });
  return image;
}

describe('the record of an image', () => {
  it('names each thumbnail with its size and whether the tier has it, and what is still to be made', async () => {
    const image = await addImage(owner.id);
    const { record } = await admin.show('images', image.id);
    expect(record.params).toMatchObject({
      'thumbnails.0.tierHeight': 200,
      'thumbnails.0.width': 300,
      'thumbnails.0.height': 200,
      'thumbnails.0.bytes': expect.any(Number),
      'thumbnails.0.isInTier': true,
      'pendingHeights.0': 400,
    });
    expect((await fetch(String(record.params['thumbnails.0.url']))).status).toBe(200);
  });
});

describe('what is pending, in the panel and outside', () => {
  it.each([
    ['a ready image', {}, [400]],
    ['a ready image that brought the decoder down too often over a new height', { crashCount: 3 }, []],
    ['a failed image', { status: 'failed', failureCode: 'undecodable', failureMessage: 'It is damaged.' } as const, []],
  ])('is the same for %s', async (_, change, expected) => {
    const image = await addImage(owner.id);
    await image.update(change);
    const { record } = await admin.show('images', image.id);
    const inPanel = Object.entries(record.params).flatMap(([name, value]) =>
      name.startsWith('pendingHeights.') ? [value] : [],
    );
    expect(inPanel).toEqual(expected);
    const stored = await findStoredImage(world.sequelize, owner.id, image.id);
    const tier = { thumbnailHeights: [200, 400], thumbnailFormat: 'same' as const };
    expect(pendingHeights(tier, stored!, stored!.thumbnails)).toEqual(expected);
  });

  it('a thumbnail of another format is shown until the tier’s own is made', async () => {
    const image = await addImage(owner.id);
    await world.models.Thumbnail.update({ format: 'webp' }, { where: { imageId: image.id } });
    const { record } = await admin.show('images', image.id);
    expect(record.params).toMatchObject({
      'thumbnails.0.isInTier': true,
      'pendingHeights.0': 200,
      'pendingHeights.1': 400,
    });
  });
});

describe('the EXIF of an original', () => {
  const exif = {
    IFD0: { Make: '<img src=x onerror=alert(1)>', Model: 'Lamp 3' },
    IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '52/1 30/1 0/1', GPSLongitudeRef: 'E', GPSLongitude: '13/1 30/1 0/1' },
  };

  it('is read when asked for, without the position, and leaves nothing in the log', async () => {
    const image = await addPhoto(exif);
    const before = await world.models.AuditEntry.count();
    const photo = await section<object>(admin, `images/records/${image.id}/photo`);
    expect(photo).toMatchObject({ facts: { camera: '<img src=x onerror=alert(1)> Lamp 3' }, hasPosition: true });
    expect(JSON.stringify(photo)).not.toMatch(/52\.5|13\.5/);
    expect(await world.models.AuditEntry.count()).toBe(before);
  });

  it('gives the position by a POST of its own, and the log tells who looked', async () => {
    const image = await addPhoto(exif);
    const answer = await admin.act('images', image.id, 'photo');
    expect(JSON.parse(answer.text).section).toEqual({ position: { latitude: 52.5, longitude: 13.5 } });
    expect(await lastEntry()).toMatchObject({ action: 'view_position', recordId: image.id, actorName: 'admin' });
  });

  it('is for who may see images', async () => {
    const image = await addPhoto(exif);
    const { client } = await world.staffWith('users.view', 'links.view');
    expect((await client.get(`/admin/api/resources/images/records/${image.id}/photo`)).status).toBe(403);
    expect((await client.act('images', image.id, 'photo')).status).toBe(403);
  });
});

describe('an expiring link made in the panel', () => {
  it('is the owner’s, within the owner’s tier, told once and written to the log', async () => {
    const image = await addImage(owner.id);
    const made = await admin.act('images', image.id, 'links', { expire_time: '400', max_uses: '3', height: '200' });
    const { url } = JSON.parse(made.text).section;
    expect(url).toMatch(/\/e\/[\w-]{43}$/);
    const link = await world.models.ExpiringLink.findOne({ where: { imageId: image.id }, rejectOnEmpty: true });
    expect(link).toMatchObject({ ownerId: owner.id, expireTimeSeconds: 400, maxUses: 3, height: 200 });
    expect(await lastEntry()).toMatchObject({
      action: 'add',
      resource: 'links',
      recordId: link.id,
      actorName: 'admin',
    });

    const listed = await section<{ links: object[] }>(admin, `images/records/${image.id}/links`);
    expect(listed.links).toEqual([expect.objectContaining({ id: link.id, condition: 'live', uses: 0, maxUses: 3 })]);
    expect(JSON.stringify(listed)).not.toContain(url.split('/').at(-1));
    const ofUser = await section<{ links: object[] }>(admin, `users/records/${owner.id}/links`);
    expect(ofUser.links).toContainEqual(expect.objectContaining({ id: link.id, imageName: image.name }));

    expect((await admin.act('links', link.id, 'revoke')).notice?.type).toBe('success');
    expect(await lastEntry()).toMatchObject({ action: 'revoke', recordId: link.id });
  });

  it('is refused at its field outside the bounds, and altogether by a tier that has none', async () => {
    const image = await addImage(owner.id);
    const refused = await admin.act('images', image.id, 'links', { expire_time: '601' });
    expect(refused.problem).toMatchObject({ code: 'invalid_request', errors: [{ path: 'expire_time' }] });
    const poor = await buildAccount(world.models, { tierId: world.tier.id });
    const other = await addImage(poor.id);
    const forbidden = await admin.act('images', other.id, 'links', { expire_time: '400' });
    expect(forbidden.problem).toMatchObject({ code: 'tier_forbids', detail: expect.stringContaining('Basic') });
    expect(await world.models.ExpiringLink.count({ where: { imageId: [image.id, other.id] } })).toBe(0);
  });

  it('needs the right to add links, whoever the image belongs to', async () => {
    const image = await addImage(owner.id);
    const { client } = await world.staffWith('images.view', 'links.view', 'links.delete');
    expect((await client.act('images', image.id, 'links', { expire_time: '400' })).status).toBe(403);
  });

  it('is in the log when staff revoke their own', async () => {
    const image = await addImage(world.admin.id);
    const link = await world.models.ExpiringLink.create({
      id: '0199aaaa-0000-7000-8000-000000000009',
      imageId: image.id,
      ownerId: world.admin.id,
      expireTimeSeconds: 600,
      expiresAt: new Date(Date.now() + 600_000),
    });
    await admin.act('links', link.id, 'revoke');
    expect(await lastEntry()).toMatchObject({ action: 'revoke', recordId: link.id });
  });
});
