import { z } from 'zod';
import { thumbnailFormatSchema, thumbnailHeightsSchema } from '../contracts/tier.ts';

/**
 * What to make of an original. It travels in the object's metadata at upload, and inside the event when the server
 * asks again (a tier that changed, a retry, the sweep); the one in the event wins.
 */
export const recipeSchema = z.object({
  version: z.literal(1),
  heights: thumbnailHeightsSchema,
  format: thumbnailFormatSchema,
});

export type Recipe = z.infer<typeof recipeSchema>;

export const recipeMetadataName = 'recipe';

export function createRecipe(tier: { thumbnailHeights: readonly number[]; thumbnailFormat: Recipe['format'] }): Recipe {
  return { version: 1, heights: [...tier.thumbnailHeights], format: tier.thumbnailFormat };
}

/** The same string for the same recipe, readable, and safe in an object key: `same-200_400`. */
export function recipeId(recipe: Recipe): string {
  return `${recipe.format}-${recipe.heights.join('_')}`;
}

export function serializeRecipe(recipe: Recipe): string {
  return JSON.stringify(recipe);
}

/** Null when the text is not a recipe. */
export function parseRecipe(text: string | undefined): Recipe | null {
  if (text === undefined) return null;
  try {
    return recipeSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
