import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AccountModel } from '../../../server/accounts/account.model.ts';
import { recordFailureOf } from '../../../server/thumbnailing/record-failure.ts';
import { createSweep, type Sweep } from '../../../server/thumbnailing/sweep.ts';
import { createThumbnailingWorld, type ThumbnailingWorld } from '../../support/thumbnailing-world.ts';

const minute = 60_000;

describe('an image whose thumbnails were not made, through no fault of its own', () => {
  let world: ThumbnailingWorld;
  let owner: AccountModel;
  let sweep: Sweep;

  beforeEach(async () => {
    world = await createThumbnailingWorld();
    owner = await world.buildAccount(await world.buildTier());
    sweep = createSweep(world);
  });
  afterEach(async () => {
    await sweep.stop();
    await world.close();
  });

  const until = async (condition: () => boolean | Promise<boolean>) => {
    while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  const dueInSeconds = async (image: { reload(): Promise<{ workDueAt: Date | null }> }) =>
    (((await image.reload()).workDueAt?.getTime() ?? Number.NaN) - Date.now()) / 1000;
  const recordFailure = (originalKey: string) =>
    recordFailureOf({ ...world, retryFailed: sweep.retryFailed })({ originalKey, reason: 'error' });

  it('is asked for again within seconds, without anybody else looking', async () => {
    sweep.start();
    await until(() => sweep.status().lastRunAt !== null);
    const image = await world.buildImage(owner, { workDueAt: new Date(Date.now() + minute) });
    await recordFailure(image.objectKey);
    await until(() => world.invoker.asked.length > 0);
    expect(world.invoker.asked).toMatchObject([{ originalKey: image.objectKey }]);
  }, 20_000);

  it.each([
    [0, 2],
    [1, 4],
    [4, 32],
    [30, 3_600],
  ])('after %i vain tries is due again in about %i seconds', async (attempts, seconds) => {
    const image = await world.buildImage(owner, { attempts, workDueAt: new Date(Date.now() + 600 * minute) });
    await recordFailure(image.objectKey);
    const due = await dueInSeconds(image);
    expect(due).toBeGreaterThan(0.8 * seconds - 1);
    expect(due).toBeLessThan(1.15 * seconds);
  });

  it('is never put off by a failure', async () => {
    const image = await world.buildImage(owner, { attempts: 9, workDueAt: new Date(Date.now() + 1_000) });
    await recordFailure(image.objectKey);
    expect(await dueInSeconds(image)).toBeLessThan(1);
  });

  it('is asked for as soon as the store is back, however long it was away', async () => {
    const image = await world.buildImage(owner, { attempts: 9, workDueAt: new Date(Date.now() + 60 * minute) });
    sweep.start();
    await until(() => sweep.status().lastRunAt !== null);
    world.store.isAway = true;
    await recordFailure(image.objectKey);
    expect(await dueInSeconds(image)).toBeGreaterThan(600);
    world.store.isAway = false;
    await until(() => world.invoker.asked.length > 0);
    expect(world.invoker.asked).toMatchObject([{ originalKey: image.objectKey }]);
  }, 20_000);

  it('and that the sweep has claimed while the store was away does not wait a minute', async () => {
    const images = await Promise.all([1, 2, 3].map(() => world.buildImage(owner, { workDueAt: new Date() })));
    world.store.isAway = true;
    expect((await sweep.runOnce()).faults).toHaveProperty('images');
    for (const image of images) expect(await dueInSeconds(image)).toBeLessThan(5);
  });
});
