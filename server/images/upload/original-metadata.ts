import type { ObjectMetadata } from '../../../core/storage/object-store.ts';
import { createRecipe, recipeMetadataName, serializeRecipe } from '../../../core/thumbnails/recipe.ts';
import type { Actor } from '../../kernel/actor.ts';

/** S3 takes 2 KB of metadata in all; the recipe, ids and the date need less than 500 of them. */
const maxNameCharacters = 800;
const maxUsernameCharacters = 600;

/**
 * What the object itself says of an original: the recipe for the thumbnail function, and what `manage check --fix` needs
 * to bring it back when the database does not know it.
 */
export function originalMetadata(actor: Actor, image: { imageId: string; name: string }): ObjectMetadata {
  return {
    [recipeMetadataName]: serializeRecipe(createRecipe(actor.tier)),
    owner: actor.accountId,
    username: encodeWithin(actor.username, maxUsernameCharacters),
    name: encodeWithin(image.name, maxNameCharacters),
    'created-at': new Date().toISOString(),
    'image-id': image.imageId,
  };
}

/** As a URI component, cut between two characters. */
function encodeWithin(text: string, maxCharacters: number): string {
  let encoded = '';
  for (const character of text) {
    const next = encodeURIComponent(character);
    if (encoded.length + next.length > maxCharacters) break;
    encoded += next;
  }
  return encoded;
}
