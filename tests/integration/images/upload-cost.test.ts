import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findAccountUsage } from '../../../server/accounts/account-table.ts';
import { type ImagesWorld, makePicture, openImagesWorld } from '../../support/images-world.ts';
import { watchStatements } from '../../support/watch-statements.ts';

let world: ImagesWorld;
beforeAll(async () => {
  world = await openImagesWorld();
});
afterAll(() => world.close());

describe('an upload', () => {
  it('costs three statements: who asks, the claim, the image', async () => {
    const owner = await world.buildOwner();
    const statements = watchStatements();
    const answer = await world.upload(owner, new Uint8Array(await makePicture(1)));
    expect(answer.status).toBe(201);
    expect(statements.texts()).toHaveLength(3);
    statements.stop();
  });

  it('is counted with its owner until it is deleted', async () => {
    const owner = await world.buildOwner();
    const usage = () => findAccountUsage(world.sequelize, owner.id);
    const picture = await makePicture(1);
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) {
      const answer = await world.upload(owner, new Uint8Array(picture));
      ids.push(((await answer.json()) as { id: string }).id);
    }
    expect(await usage()).toMatchObject({ images: 3, bytes: 3 * picture.length });
    await world.request(`/image/${ids[0]}`, { method: 'DELETE', as: owner });
    expect(await usage()).toMatchObject({ images: 2, bytes: 2 * picture.length });
  });
});
