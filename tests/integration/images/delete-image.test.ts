import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { v7 as uuidV7 } from 'uuid';
import { createRecipe } from '../../../core/thumbnails/recipe.ts';
import type { AccountModel } from '../../../server/accounts/account.model.ts';
import { recordAuditOf } from '../../../server/audit/record-audit.ts';
import { deleteImageOf, deleteImagesOf } from '../../../server/images/delete-image.ts';
import type { ImageModel } from '../../../server/images/image.model.ts';
import { retryImageOf } from '../../../server/images/retry-image.ts';
import type { Actor } from '../../../server/kernel/actor.ts';
import { recordFailureOf } from '../../../server/thumbnailing/record-failure.ts';
import { requestThumbnailsOf } from '../../../server/thumbnailing/request-thumbnails.ts';
import type { TierModel } from '../../../server/tiers/tier.model.ts';
import { tierRulesOf } from '../../../server/tiers/tier-rules.ts';
import { createThumbnailingWorld, type ThumbnailingWorld } from '../../support/thumbnailing-world.ts';

const origin = { address: '192.0.2.1', requestId: 'r1' };

describe('what staff and owners do to images', () => {
  let world: ThumbnailingWorld;
  let tier: TierModel;
  let owner: AccountModel;
  let image: ImageModel;
  let deps: ThumbnailingWorld & { recordAudit: ReturnType<typeof recordAuditOf> };

  beforeAll(async () => {
    world = await createThumbnailingWorld();
    deps = { ...world, recordAudit: recordAuditOf(world.models) };
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    world.store.isAway = false;
    tier = await world.buildTier({ thumbnailHeights: [200, 400] });
    owner = await world.buildAccount(tier);
    image = await world.buildImage(owner);
    world.invoker.asked = [];
  });

  const actorOf = (account: AccountModel, permissions: string[] = []): Actor => ({
    accountId: account.id,
    username: account.username,
    isStaff: permissions.length > 0,
    isSuperuser: false,
    tokenGeneration: 1,
    imagesVersion: 1,
    permissions: new Set(permissions),
    tier: tierRulesOf(tier),
  });
  const objectsOf = (subject: ImageModel) =>
    (['originals', 'thumbnails'] as const).flatMap((bucket) =>
      world.store.keys(bucket).filter((key) => key.startsWith(subject.id)),
    );

  describe('deleteImage', () => {
    it('takes row, thumbnails, links and objects away, gives the quota back and tells listeners', async () => {
      await world.applyResult(await world.writeResult(image.objectKey, createRecipe(tier)));
      await world.models.ExpiringLink.create({
        id: uuidV7(),
        imageId: image.id,
        ownerId: owner.id,
        expireTimeSeconds: 300,
        expiresAt: new Date(),
      });
      const before = (await owner.reload()).imagesVersion;
      await deleteImageOf(deps)(actorOf(owner), image.id);
      const where = { imageId: image.id };
      expect(await world.models.Image.count({ where: { id: image.id } })).toBe(0);
      expect(await world.models.Thumbnail.count({ where })).toBe(0);
      expect(await world.models.ExpiringLink.count({ where })).toBe(0);
      expect(await world.models.Tombstone.count({ where })).toBe(1);
      expect(objectsOf(image)).toEqual([]);
      expect(await owner.reload()).toMatchObject({ usedBytes: 0, imagesVersion: before + 1 });
      const event = await world.models.ImageEvent.findOne({ where: { ...where, deleted: true } });
      expect(event?.ownerId).toBe(owner.id);
    });

    it('holds its promise when the store is away: the tombstone stays', async () => {
      world.store.isAway = true;
      await deleteImageOf(deps)(actorOf(owner), image.id);
      expect(await world.models.Image.count({ where: { id: image.id } })).toBe(0);
      expect(await world.models.Tombstone.count({ where: { imageId: image.id } })).toBe(1);
    });

    it('does not let a thumbnail that is late come back', async () => {
      await deleteImageOf(deps)(actorOf(owner), image.id);
      const keys = await world.writeResult(image.objectKey, createRecipe(tier));
      await Promise.all([world.applyResult(keys), world.applyResult(keys)]);
      expect(objectsOf(image)).toEqual([]);
    });

    it.each([
      ['another account', () => [], undefined],
      ['staff outside of the panel', () => ['images.delete'], undefined],
      ['staff without the permission', () => ['images.view'], origin],
    ])('is 404 for %s', async (_, permissions, from) => {
      const stranger = await world.buildAccount(tier);
      const deleting = deleteImageOf(deps)(actorOf(stranger, permissions()), image.id, from);
      await expect(deleting).rejects.toMatchObject({ code: 'not_found' });
      expect(objectsOf(image)).toHaveLength(1);
    });

    it('is 404 for what is not there, and for an upload that still runs', async () => {
      await expect(deleteImageOf(deps)(actorOf(owner), uuidV7())).rejects.toMatchObject({ code: 'not_found' });
      await image.update({ state: 'uploading', uploadLeaseUntil: new Date() });
      await expect(deleteImageOf(deps)(actorOf(owner), image.id)).rejects.toMatchObject({ code: 'not_found' });
    });

    it('lets staff with the permission delete in the panel, and writes it down', async () => {
      const staff = await world.buildAccount(tier, { isStaff: true });
      await deleteImageOf(deps)(actorOf(staff, ['images.delete']), image.id, origin);
      const entry = await world.models.AuditEntry.findOne({ where: { recordId: image.id } });
      expect(entry).toMatchObject({ action: 'delete', resource: 'images', recordTitle: image.name, actorId: staff.id });
    });

    it('has one winner when ten delete at the same time, and gives the quota back once', async () => {
      await world.buildImage(owner);
      const attempts = Array.from({ length: 10 }, () => deleteImageOf(deps)(actorOf(owner), image.id));
      const settled = await Promise.allSettled(attempts);
      expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect((await owner.reload()).usedBytes).toBe(1000);
    });

    it('ends without a lock in a circle when results come while images are deleted', async () => {
      const images = await Promise.all(Array.from({ length: 12 }, () => world.buildImage(owner)));
      const keys = await Promise.all(images.map((each) => world.writeResult(each.objectKey, createRecipe(tier))));
      await Promise.all([
        ...keys.map((each) => world.applyResult(each)),
        ...images.map((each) => deleteImageOf(deps)(actorOf(owner), each.id)),
        ...keys.map((each) => world.applyResult(each)),
      ]);
      expect(await world.models.Image.count({ where: { ownerId: owner.id } })).toBe(1);
      expect(images.flatMap(objectsOf)).toEqual([]);
    });
  });

  it('deletes many, and names the ones that are gone', async () => {
    const foreign = await world.buildImage(await world.buildAccount(tier));
    const other = await world.buildImage(owner);
    const ids = [image.id, foreign.id, other.id, image.id, uuidV7()];
    expect(await deleteImagesOf(deps)(actorOf(owner), ids)).toEqual({ deleted: [image.id, other.id] });
    expect(objectsOf(foreign)).toHaveLength(1);
  });

  describe('retryImage', () => {
    let staff: Actor;
    beforeEach(async () => {
      staff = actorOf(await world.buildAccount(tier, { isStaff: true }), ['images.reprocess']);
    });
    const retry = (actor = staff) => {
      const requestThumbnails = requestThumbnailsOf(world);
      return retryImageOf({ ...deps, requestThumbnails })(actor, image.id, origin);
    };

    it('gives an image that failed another chance, whatever verdict still lies in the store', async () => {
      const failure = { code: 'undecodable', message: 'no' } as const;
      const verdict = await world.writeResult(image.objectKey, createRecipe(tier), { failure });
      await world.applyResult(verdict);
      await new Promise((resolve) => setTimeout(resolve, 5));
      await retry();
      expect(await image.reload()).toMatchObject({ status: 'processing', failureCode: null, failureMessage: null });
      expect(world.invoker.asked).toEqual([
        { originalKey: image.objectKey, ownerId: owner.id, recipe: createRecipe(tier) },
      ]);
      await world.applyResult(verdict);
      expect((await image.reload()).status).toBe('processing');
      await world.applyResult(await world.writeResult(image.objectKey, createRecipe(tier)));
      expect(await image.reload()).toMatchObject({ status: 'ready', workDueAt: null });
    });

    it('forgets crashes', async () => {
      const recordFailure = recordFailureOf(world);
      for (let count = 0; count < 3; count += 1) await recordFailure({ originalKey: image.objectKey, reason: 'crash' });
      await retry();
      expect(await image.reload()).toMatchObject({ status: 'processing', crashCount: 0 });
    });

    it('keeps a ready image ready with its thumbnails until the new ones are there', async () => {
      await world.applyResult(await world.writeResult(image.objectKey, createRecipe(tier), { madeAt: new Date(0) }));
      await retry();
      expect(await image.reload()).toMatchObject({ status: 'ready' });
      expect(await world.models.Thumbnail.count({ where: { imageId: image.id } })).toBe(2);
      expect(world.invoker.asked.map(({ recipe }) => recipe?.heights)).toEqual([[200, 400]]);
      await world.applyResult(await world.writeResult(image.objectKey, createRecipe(tier)));
      expect((await image.reload()).workDueAt).toBeNull();
    });

    it('is for staff with the permission', async () => {
      await expect(retry(actorOf(owner))).rejects.toMatchObject({ code: 'permission_denied' });
    });

    it('writes it down', async () => {
      await retry();
      expect(await world.models.AuditEntry.count({ where: { recordId: image.id, action: 'reprocess' } })).toBe(1);
    });
  });
});
