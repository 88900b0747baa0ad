import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { AccountModel } from '../../../server/accounts/account.model.ts';
import type { ImageModel } from '../../../server/images/image.model.ts';
import { createImageEvents, type ImageEvents } from '../../../server/images/image-events.ts';
import { recordImageChange } from '../../../server/images/record-image-change.ts';
import { type SettlingWatch, watchSettlingOf } from '../../../server/images/watch-settling.ts';
import { recordFailureOf } from '../../../server/thumbnailing/record-failure.ts';
import { eventually } from '../../support/images-world.ts';
import { createThumbnailingWorld, silent, type ThumbnailingWorld } from '../../support/thumbnailing-world.ts';
import { watchStatements } from '../../support/watch-statements.ts';

describe('watchSettling', () => {
  let world: ThumbnailingWorld;
  let events: ImageEvents;
  let owner: AccountModel;
  let image: ImageModel;
  let watch: SettlingWatch;
  let statements: ReturnType<typeof watchStatements>;

  beforeAll(async () => {
    world = await createThumbnailingWorld();
    events = createImageEvents({ sequelize: world.sequelize, databaseUrl: world.database.url, logger: silent });
    events.start();
    await eventually(async () => expect(events.status().isConnected).toBe(true));
  });
  afterAll(async () => {
    await events.stop();
    await world.close();
  });
  beforeEach(async () => {
    owner = await world.buildAccount(await world.buildTier());
    image = await world.buildImage(owner);
    watch = watchSettlingOf({ sequelize: world.sequelize, events })(owner.id);
    statements = watchStatements();
  });
  afterEach(() => {
    statements.stop();
    watch.end();
    expect(events.status().listeners).toBe(0);
  });

  const looks = () => statements.count('SELECT status FROM images');
  const wait = (milliseconds = 20_000) => watch.wait(image.id, { milliseconds });
  const settle = async (failure?: { code: 'undecodable'; message: string }) =>
    world.applyResult(
      await world.writeResult(image.objectKey, { version: 1, heights: [200], format: 'same' }, { failure }),
    );

  it.each([
    ['thumbnails', () => settle()],
    ['a verdict', () => settle({ code: 'undecodable', message: 'no' })],
    [
      'the third crash',
      async () => {
        await image.update({ crashCount: 2 });
        await recordFailureOf(world)({ originalKey: image.objectKey, reason: 'crash' });
      },
    ],
    [
      'a deletion',
      () =>
        world.sequelize.transaction((transaction) =>
          recordImageChange(transaction, { ownerId: owner.id, imageIds: [image.id], deleted: true }),
        ),
    ],
  ])('hears of %s before and during the wait, without a look at the database', async (_, happen) => {
    const during = wait();
    await happen();
    await during;
    // What was heard before is remembered.
    await wait();
    expect(looks()).toBe(0);
  });

  it('waits on through changes that settle nothing, and through those of other images', async () => {
    const other = await world.buildImage(owner);
    let isOver = false;
    const waiting = wait().then(() => {
      isOver = true;
    });
    await world.sequelize.transaction((transaction) =>
      recordImageChange(transaction, { ownerId: owner.id, imageIds: [image.id, other.id] }),
    );
    await world.applyResult(await world.writeResult(other.objectKey, { version: 1, heights: [200], format: 'same' }));
    await watch.wait(other.id, { milliseconds: 20_000 });
    expect(isOver).toBe(false);
    await settle();
    await waiting;
  });

  it('finds what it did not hear of', async () => {
    const deaf = { listen: () => () => {}, status: () => ({ isConnected: true, listeners: 0 }) };
    await settle();
    await watchSettlingOf({ sequelize: world.sequelize, events: deaf })(owner.id).wait(image.id, {
      milliseconds: 20_000,
    });
    await watchSettlingOf({ sequelize: world.sequelize })(owner.id).wait(image.id, { milliseconds: 20_000 });
    expect(looks()).toBe(2);
  });

  it('waits no longer than it may, nor for somebody who has gone', async () => {
    await wait(50);
    const gone = new AbortController();
    const waiting = watch.wait(image.id, { milliseconds: 20_000, signal: gone.signal });
    gone.abort();
    await waiting;
    expect((await image.reload()).status).toBe('processing');
  });
});
