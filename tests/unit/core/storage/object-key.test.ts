import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  earlierResultKey,
  earlierThumbnailKey,
  isMadeOf,
  madePrefix,
  originalKey,
  parseMadeKey,
  parseOriginalKey,
  resultKey,
  thumbnailKey,
} from '../../../../core/storage/object-key.ts';
import { createRecipe } from '../../../../core/thumbnails/recipe.ts';

const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });
const originals = fc.record({ imageId: fc.uuid(), secret: hex(32) });
const recipes = fc
  .record({
    thumbnailHeights: fc.uniqueArray(fc.integer({ min: 16, max: 4096 }), { minLength: 1, maxLength: 16 }),
    thumbnailFormat: fc.constantFrom('same' as const, 'webp' as const, 'avif' as const, 'jpeg' as const),
  })
  .map(createRecipe);
const contentTypes = fc.constantFrom('image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/avif');

describe('the keys of what is made of an original', () => {
  it('never hold the secret of the original, so that no URL of a thumbnail tells it', () => {
    fc.assert(
      fc.property(originals, recipes, contentTypes, ({ imageId, secret }, recipe, contentType) => {
        const original = originalKey(imageId, secret);
        const [tierHeight = 0] = recipe.heights;
        for (const key of [thumbnailKey(original, recipe, { tierHeight, contentType }), resultKey(original, recipe)]) {
          expect(key).not.toContain(secret);
          expect(key.length).toBeLessThan(250);
        }
      }),
    );
  });

  it('name their image, their kind and, to those who know it, their original; those of earlier versions too', () => {
    fc.assert(
      fc.property(
        originals,
        hex(32),
        recipes,
        contentTypes,
        ({ imageId, secret }, otherSecret, recipe, contentType) => {
          fc.pre(secret !== otherSecret);
          const original = originalKey(imageId, secret);
          const shape = { tierHeight: recipe.heights[0] ?? 0, contentType };
          const keys = [
            { key: thumbnailKey(original, recipe, shape), isResult: false, isEarlier: false },
            { key: resultKey(original, recipe), isResult: true, isEarlier: false },
            { key: earlierThumbnailKey(original, recipe, shape), isResult: false, isEarlier: true },
            { key: earlierResultKey(original, recipe), isResult: true, isEarlier: true },
          ];
          for (const { key, ...kind } of keys) {
            const made = parseMadeKey(key);
            expect(made).toMatchObject({ imageId, ...kind });
            expect(key.startsWith(madePrefix(imageId))).toBe(true);
            expect(parseOriginalKey(key)).toBeNull();
            expect(isMadeOf(original, made!)).toBe(true);
            expect(isMadeOf(originalKey(imageId, otherSecret), made!)).toBe(false);
          }
        },
      ),
    );
  });

  it('are different for different recipes, also where the height is the same', () => {
    fc.assert(
      fc.property(originals, recipes, recipes, ({ imageId, secret }, one, other) => {
        fc.pre(JSON.stringify(one) !== JSON.stringify(other));
        const original = originalKey(imageId, secret);
        const shape = { tierHeight: 200, contentType: 'image/png' };
        expect(thumbnailKey(original, one, shape)).not.toBe(thumbnailKey(original, other, shape));
        expect(resultKey(original, one)).not.toBe(resultKey(original, other));
      }),
    );
  });

  it('stay what they are: another version of the service finds what this one wrote', () => {
    const original = originalKey('0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000', '0123456789abcdef0123456789abcdef');
    const recipe = createRecipe({ thumbnailHeights: [200, 400], thumbnailFormat: 'same' });
    expect(resultKey(original, recipe)).toBe(
      '0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000/5dbd4cd1e76ad47b7e0cd1c9bcf299a5.same-200_400.result.json',
    );
    expect(thumbnailKey(original, recipe, { tierHeight: 200, contentType: 'image/jpeg' })).toBe(
      '0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000/5dbd4cd1e76ad47b7e0cd1c9bcf299a5.same-200_400.200.jpg',
    );
  });

  it.each(['holiday/photo.jpg', 'darkroom/installation.json', `${'a'.repeat(36)}/x`, '', '/'])('are not %j', (key) =>
    expect(parseMadeKey(key)).toBeNull(),
  );
});
