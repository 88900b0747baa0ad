import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Transaction } from 'sequelize';
import { resultKey } from '../../../core/storage/object-key.ts';
import type { Recipe } from '../../../core/thumbnails/recipe.ts';
import type { AccountModel } from '../../../server/accounts/account.model.ts';
import { lockAccount } from '../../../server/accounts/account-table.ts';
import type { ImageModel } from '../../../server/images/image.model.ts';
import { leaveTombstone } from '../../../server/images/tombstone-table.ts';
import { createThumbnailingWorld, type ThumbnailingWorld } from '../../support/thumbnailing-world.ts';
import { watchStatements } from '../../support/watch-statements.ts';

const recipe = (...heights: number[]): Recipe => ({ version: 1, heights, format: 'same' });

describe('applyResult', () => {
  let world: ThumbnailingWorld;
  let owner: AccountModel;
  let image: ImageModel;

  beforeAll(async () => {
    world = await createThumbnailingWorld();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    owner = await world.buildAccount(await world.buildTier({ thumbnailHeights: [200, 400] }));
    image = await world.buildImage(owner);
    world.invoker.asked = [];
  });

  async function seen(id = image.id) {
    const [row, thumbnails, account, events] = await Promise.all([
      world.models.Image.findByPk(id, { rejectOnEmpty: true }),
      world.models.Thumbnail.findAll({ where: { imageId: id }, order: ['tierHeight', 'format'] }),
      world.models.Account.findByPk(owner.id, { rejectOnEmpty: true }),
      world.models.ImageEvent.count({ where: { imageId: id } }),
    ]);
    return { row, thumbnails, version: account.imagesVersion, events };
  }

  it('makes an image ready, with its thumbnails, its placeholder and nothing due', async () => {
    const keys = await world.writeResult(image.objectKey, recipe(200, 400), { original: { width: 800, height: 1200 } });
    expect(await world.applyResult(keys)).toEqual({ outcome: 'applied', complete: true, asked: false });
    const { row, thumbnails, version, events } = await seen();
    expect(row).toMatchObject({ status: 'ready', placeholder: 'aGFzaA==', width: 800, height: 1200, workDueAt: null });
    expect(thumbnails.map((made) => [made.tierHeight, made.width, made.bytes, made.contentType])).toEqual([
      [200, 300, 2000, 'image/png'],
      [400, 600, 4000, 'image/png'],
    ]);
    expect({ version, events }).toEqual({ version: 2, events: 1 });
    expect(world.invoker.asked).toEqual([]);
  });

  it('lists what the objects are, in whatever order two recipes that share a height are made and applied', async () => {
    const bytesOf = (tierHeight: number, { heights }: Recipe) => tierHeight * heights.length;
    const both = await world.writeResult(image.objectKey, recipe(200, 400), { bytesOf });
    const one = await world.writeResult(image.objectKey, recipe(200), {
      bytesOf,
      madeAt: new Date(Date.now() - 5_000),
    });
    const three = await world.writeResult(image.objectKey, recipe(200, 400, 800), { bytesOf });
    for (const keys of [one, both, three, one, both]) {
      await world.applyResult(keys);
      for (const { objectKey, bytes, contentType } of (await seen()).thumbnails) {
        expect(await world.store.head('thumbnails', objectKey)).toMatchObject({ bytes, contentType });
      }
    }
  });

  it('takes in what an earlier version wrote, which stays where it is', async () => {
    const keys = await world.writeResult(image.objectKey, recipe(200, 400), { isEarlier: true });
    expect(await world.applyResult(keys)).toMatchObject({ outcome: 'applied', complete: true });
    const { thumbnails } = await seen();
    expect(thumbnails.map((made) => made.objectKey)).toEqual([
      `${image.objectKey}/200-same.png`,
      `${image.objectKey}/400-same.png`,
    ]);
  });

  it('changes nothing the next nine times: no event, no new version, no request', async () => {
    const keys = await world.writeResult(image.objectKey, recipe(200, 400));
    await world.applyResult(keys);
    const before = await seen();
    const again = await Promise.all(Array.from({ length: 9 }, () => world.applyResult(keys)));
    expect(again.every(({ outcome }) => outcome === 'unchanged')).toBe(true);
    expect(JSON.stringify(await seen())).toBe(JSON.stringify(before));
    expect(world.invoker.asked).toEqual([]);
  });

  it('takes two statements for what is new, and one for what is known', async () => {
    const keys = await world.writeResult(image.objectKey, recipe(200, 400));
    const statements = watchStatements();
    // A connection that is new sets itself up.
    const sent = () => statements.texts().filter((text) => !text.startsWith('SET '));
    try {
      await world.applyResult(keys);
      expect(sent()).toHaveLength(2);
      await world.applyResult(keys);
      expect(sent()).toHaveLength(3);
    } finally {
      statements.stop();
    }
  });

  /** Applies a result; between its reading and its writing `change` is made and committed. */
  async function applyAcross(change: (transaction: Transaction) => Promise<unknown>, of = recipe(200, 400)) {
    const keys = await world.writeResult(image.objectKey, of);
    const { result, statements } = await world.sequelize.transaction(async (transaction) => {
      await lockAccount(transaction, owner.id);
      const watched = watchStatements();
      const applying = world.applyResult(keys);
      while (watched.count('INSERT INTO thumbnails') === 0) await new Promise((resolve) => setImmediate(resolve));
      await change(transaction);
      return { result: applying, statements: watched };
    });
    const applied = await result.finally(statements.stop);
    return { applied, written: statements.count('INSERT INTO thumbnails') };
  }

  it('decides again when the image was changed while it decided', async () => {
    const change = (transaction: Transaction) =>
      image.update({ staleBefore: new Date(Date.now() + 60_000) }, { transaction });
    const { applied, written } = await applyAcross(change);
    expect(written).toBe(2);
    expect(applied).toEqual({ outcome: 'applied', complete: false, asked: false });
    expect((await seen()).row.workDueAt).not.toBeNull();
    expect(await seen()).toMatchObject({ version: 2, events: 1 });
  });

  it('decides again when the owner got another tier while it decided', async () => {
    const more = await world.buildTier({ thumbnailHeights: [200, 400, 800] });
    const { applied } = await applyAcross((transaction) => owner.update({ tierId: more.id }, { transaction }));
    expect(applied).toEqual({ outcome: 'applied', complete: false, asked: true });
    expect(world.invoker.asked.map((asked) => asked.recipe)).toEqual([recipe(800)]);
  });

  it('deletes what was made when the image was deleted while it decided', async () => {
    const { applied } = await applyAcross(async (transaction) => {
      await image.destroy({ transaction });
      await leaveTombstone(transaction, { objectKey: image.objectKey, imageId: image.id });
    });
    expect(applied).toMatchObject({ outcome: 'deleted' });
    expect(world.store.keys('thumbnails').filter((key) => key.startsWith(image.id))).toEqual([]);
    expect(await world.models.Thumbnail.count({ where: { imageId: image.id } })).toBe(0);
  });

  it('asks for nothing twice when two results that bring one height each are applied at the same time', async () => {
    await image.update({ status: 'ready', placeholder: 'aGFzaA==' });
    const each = await Promise.all([recipe(200), recipe(400)].map((of) => world.writeResult(image.objectKey, of)));
    const applied = await Promise.all(each.map((keys) => world.applyResult(keys)));
    expect(applied.filter(({ complete }) => complete)).toHaveLength(1);
    expect((await seen()).row.workDueAt).toBeNull();
  });

  it('counts once when the same result comes fifty times in parallel', async () => {
    const keys = await world.writeResult(image.objectKey, recipe(200, 400));
    // On a machine that is busy some wait in vain for a connection, as they may.
    const settled = await Promise.allSettled(Array.from({ length: 50 }, () => world.applyResult(keys)));
    const outcomes = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value.outcome] : []));
    expect(outcomes.filter((outcome) => outcome === 'applied')).toHaveLength(1);
    expect(await seen()).toMatchObject({ version: 2, events: 1 });
  });

  it('says what the newest result says of damage, until a newer one says otherwise', async () => {
    const warningsAfter = async (madeAt: Date, warnings: 'damaged'[]) => {
      await world.applyResult(await world.writeResult(image.objectKey, recipe(200, 400), { madeAt, warnings }));
      return (await image.reload()).warnings;
    };
    expect(image.warnings).toEqual([]);
    expect(await warningsAfter(new Date(2_000), ['damaged'])).toEqual(['damaged']);
    expect(await warningsAfter(new Date(1_000), [])).toEqual(['damaged']);
    expect(await warningsAfter(new Date(3_000), [])).toEqual([]);
  });

  it('asks for what the tier has now and an older recipe did not make', async () => {
    const keys = await world.writeResult(image.objectKey, recipe(200));
    expect(await world.applyResult(keys)).toEqual({ outcome: 'applied', complete: false, asked: true });
    expect(world.invoker.asked).toEqual([
      { originalKey: image.objectKey, ownerId: image.ownerId, recipe: recipe(400) },
    ]);
    const { row } = await seen();
    expect(row.status).toBe('ready');
    expect(row.workDueAt).not.toBeNull();
  });

  it('asks for the whole of another format', async () => {
    await world.models.Tier.update({ thumbnailFormat: 'webp' }, { where: { id: owner.tierId } });
    await world.applyResult(await world.writeResult(image.objectKey, recipe(200, 400)));
    expect(world.invoker.asked[0]?.recipe).toEqual({ version: 1, heights: [200, 400], format: 'webp' });
  });

  it('settles a verdict as failed, with nothing due', async () => {
    const failure = { code: 'undecodable', message: 'These bytes cannot be read as an image.' } as const;
    const keys = await world.writeResult(image.objectKey, recipe(200, 400), { failure });
    expect(await world.applyResult(keys)).toMatchObject({ outcome: 'applied', complete: true });
    const { row, events } = await seen();
    expect(row).toMatchObject({ status: 'failed', failureCode: 'undecodable', failureMessage: failure.message });
    expect(row.workDueAt).toBeNull();
    expect(events).toBe(1);
  });

  it('keeps thumbnails whatever verdict comes later, and prefers them to one that came before', async () => {
    const failure = { code: 'undecodable', message: 'no' } as const;
    const verdict = await world.writeResult(image.objectKey, recipe(100), { failure });
    const made = await world.writeResult(image.objectKey, recipe(200, 400));
    await world.applyResult(verdict);
    await world.applyResult(made);
    await world.applyResult(verdict);
    expect((await seen()).row).toMatchObject({ status: 'ready', failureCode: null, workDueAt: null });
  });

  it('ignores a verdict from before somebody asked anew', async () => {
    const verdict = await world.writeResult(image.objectKey, recipe(200, 400), {
      madeAt: new Date(Date.now() - 60_000),
      failure: { code: 'undecodable', message: 'no' },
    });
    await image.update({ staleBefore: new Date(Date.now() - 30_000) });
    expect(await world.applyResult(verdict)).toMatchObject({ outcome: 'unchanged', complete: false, asked: false });
    expect((await seen()).row.status).toBe('processing');
  });

  it('takes in what came before the upload was committed, and tells nobody yet', async () => {
    await image.update({ state: 'uploading', uploadLeaseUntil: new Date(Date.now() + 60_000) });
    await world.applyResult(await world.writeResult(image.objectKey, recipe(200, 400)));
    expect(await seen()).toMatchObject({ row: { status: 'ready', state: 'uploading' }, events: 0, version: 1 });
  });

  it('deletes what comes late for a deleted image, and brings no row back', async () => {
    await image.destroy();
    await world.sequelize.transaction((transaction) =>
      leaveTombstone(transaction, { objectKey: image.objectKey, imageId: image.id }),
    );
    const keys = await world.writeResult(image.objectKey, recipe(200, 400));
    expect(await world.applyResult(keys)).toMatchObject({ outcome: 'deleted' });
    expect(world.store.keys('thumbnails').filter((key) => key.startsWith(image.id))).toEqual([]);
    expect(world.store.keys('originals').filter((key) => key.startsWith(image.id))).toEqual([]);
    expect(await world.models.Image.count({ where: { id: image.id } })).toBe(0);
  });

  it('touches no object of an image that it does not know', async () => {
    const keys = await world.writeResult(image.objectKey, recipe(200, 400));
    await image.destroy();
    const before = world.store.keys('thumbnails');
    expect(await world.applyResult(keys)).toMatchObject({ outcome: 'unknown' });
    expect(world.store.keys('thumbnails')).toEqual(before);
    expect(world.store.keys('originals')).toContain(image.objectKey);
  });

  it.each([
    ['another original', { originalKey: `${'0'.repeat(8)}-0000-7000-8000-${'0'.repeat(12)}/${'a'.repeat(32)}` }],
    ['heights that are not made', { thumbnails: [] }],
    ['no result at all', { status: 'perhaps' }],
  ])('leaves a result alone that speaks of %s', async (_, fault) => {
    const keys = await world.writeResult(image.objectKey, recipe(200, 400));
    const object = await world.store.get('thumbnails', keys.resultKey);
    const text = await object!.body.toArray();
    const broken = { ...JSON.parse(Buffer.concat(text).toString()), ...fault };
    await world.store.put('thumbnails', keys.resultKey, Buffer.from(JSON.stringify(broken)), {
      contentType: 'application/json',
    });
    expect(await world.applyResult(keys)).toMatchObject({ outcome: 'unreadable' });
    expect((await seen()).row.status).toBe('processing');
  });

  it('never takes a thumbnail key that is not below the original', async () => {
    const keys = await world.writeResult(image.objectKey, recipe(200, 400));
    const object = await world.store.get('thumbnails', keys.resultKey);
    const result = JSON.parse(Buffer.concat(await object!.body.toArray()).toString());
    result.thumbnails[0].key = result.thumbnails[0].key.replace(/^./, 'f');
    await world.store.put('thumbnails', keys.resultKey, Buffer.from(JSON.stringify(result)), { contentType: 'x/y' });
    expect(await world.applyResult(keys)).toMatchObject({ outcome: 'unreadable' });
  });

  it('answers absent when there is no result, and rejects when the store is away', async () => {
    const keys = { originalKey: image.objectKey, resultKey: resultKey(image.objectKey, recipe(200)) };
    expect(await world.applyResult(keys)).toMatchObject({ outcome: 'absent' });
    world.store.isAway = true;
    await expect(world.applyResult(keys)).rejects.toMatchObject({ code: 'unavailable' });
    world.store.isAway = false;
  });

  it('ends in the same state whatever the order and the number of results', async () => {
    const options = [recipe(200), recipe(400), recipe(200, 400), recipe(100, 200)];
    const oneResult = fc.record({
      recipe: fc.constantFrom(...options),
      failureCode: fc.constantFrom(null, null, 'undecodable' as const, 'too_many_pixels' as const),
      width: fc.integer({ min: 900, max: 903 }),
    });
    const story = fc
      .uniqueArray(oneResult, { minLength: 1, maxLength: 4, selector: (result) => result.recipe.heights.join() })
      .chain((results) =>
        fc.record({
          results: fc.constant(results),
          orders: fc.tuple(...[0, 1].map(() => orderOf(results.length))),
        }),
      );
    await fc.assert(
      fc.asyncProperty(story, async ({ results, orders }) => {
        const ends: unknown[] = [];
        const start = Date.now() - 10_000;
        for (const order of orders) {
          const subject = await world.buildImage(owner);
          const keys: Awaited<ReturnType<typeof world.writeResult>>[] = [];
          for (const [index, { recipe: of, failureCode, width }] of results.entries()) {
            const failure = failureCode ? { code: failureCode, message: failureCode } : undefined;
            const madeAt = new Date(start + index);
            const more = { madeAt, failure, placeholder: `p${width}`, original: { width, height: 800 } };
            keys.push(await world.writeResult(subject.objectKey, of, more));
          }
          for (const index of order) await world.applyResult(keys[index]!);
          const { row, thumbnails } = await seen(subject.id);
          ends.push({
            status: row.status,
            failure: [row.failureCode, row.failureMessage],
            placeholder: row.placeholder,
            width: row.width,
            due: row.workDueAt !== null,
            thumbnails: thumbnails.map((made) => [made.tierHeight, made.format, made.width, made.createdAt.getTime()]),
          });
        }
        expect(ends[1]).toEqual(ends[0]);
      }),
      { numRuns: 40 },
    );
  }, 180_000);
});

/** Every one of `count` things at least once, in any order, some of them more often. */
function orderOf(count: number): fc.Arbitrary<number[]> {
  const all = Array.from({ length: count }, (_, index) => index);
  return fc
    .array(fc.integer({ min: 0, max: count - 1 }), { maxLength: 5 })
    .chain((more) => fc.shuffledSubarray([...all, ...more.map((index) => index)], { minLength: count + more.length }));
}
