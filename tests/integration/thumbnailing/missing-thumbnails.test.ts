import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { QueryTypes } from 'sequelize';
import type { AccountModel } from '../../../server/accounts/account.model.ts';
import type { ImageModel } from '../../../server/images/image.model.ts';
import {
  findWantedThumbnails,
  imagesWithTierSql,
  lacksThumbnailsSql,
  missingHeights,
} from '../../../server/images/missing-thumbnails.ts';
import type { TierModel } from '../../../server/tiers/tier.model.ts';
import { createThumbnailingWorld, type ThumbnailingWorld } from '../../support/thumbnailing-world.ts';

const formats = ['same', 'webp'] as const;
const heights = [100, 200, 400];
const moments = [1_000, 2_000, 3_000].map((seconds) => new Date(seconds * 1_000));

const states = fc.record({
  thumbnailHeights: fc.subarray(heights, { minLength: 1 }),
  thumbnailFormat: fc.constantFrom(...formats),
  status: fc.constantFrom('processing' as const, 'ready' as const, 'failed' as const),
  crashCount: fc.integer({ min: 0, max: 4 }),
  staleBefore: fc.option(fc.constantFrom(...moments)),
  made: fc.uniqueArray(
    fc.record({
      tierHeight: fc.constantFrom(...heights),
      format: fc.constantFrom(...formats),
      createdAt: fc.constantFrom(...moments),
    }),
    { selector: ({ tierHeight, format }) => `${tierHeight} ${format}` },
  ),
});

describe('the rule for missing thumbnails', () => {
  let world: ThumbnailingWorld;
  let tier: TierModel;
  let owner: AccountModel;
  let image: ImageModel;

  beforeAll(async () => {
    world = await createThumbnailingWorld();
    tier = await world.buildTier();
    owner = await world.buildAccount(tier);
    image = await world.buildImage(owner);
  });
  afterAll(() => world.close());

  it('is the same in SQL and over rows that are there, whatever the state of image, tier and thumbnails', async () => {
    await fc.assert(
      fc.asyncProperty(states, async ({ thumbnailHeights, thumbnailFormat, made, ...state }) => {
        await tier.update({ thumbnailHeights, thumbnailFormat });
        const failure = state.status === 'failed' ? ['undecodable', 'It is damaged.'] : [null, null];
        await world.models.Image.update(
          { ...state, failureCode: failure[0] as never, failureMessage: failure[1] as never },
          { where: { id: image.id } },
        );
        await world.models.Thumbnail.destroy({ where: { imageId: image.id } });
        await world.models.Thumbnail.bulkCreate(
          made.map((one) => ({
            ...one,
            imageId: image.id,
            width: 3,
            height: 2,
            bytes: 10,
            contentType: 'image/png',
            objectKey: `${image.id}/${one.tierHeight}-${one.format}`,
          })),
        );
        const expected = missingHeights({ thumbnailHeights, thumbnailFormat }, state, made);
        const [wanted] = await findWantedThumbnails(world.sequelize, [image.id]);
        expect(wanted?.recipe?.heights ?? []).toEqual(expected);
        const [row] = await world.sequelize.query<{ lacks: boolean }>(
          `SELECT ${lacksThumbnailsSql} AS lacks FROM ${imagesWithTierSql} WHERE image.id = $1`,
          { type: QueryTypes.SELECT, bind: [image.id] },
        );
        expect(row?.lacks).toBe(expected.length > 0);
      }),
      { numRuns: 60 },
    );
  });
});
