import { inspectOriginal } from '../../../core/thumbnails/inspect-original.ts';
import type { MadeImages } from '../../../core/thumbnails/made-images.ts';
import type { Recipe } from '../../../core/thumbnails/recipe.ts';
import { DecoderFailure } from './decoder-child.ts';

/**
 * What a decoder answered, when it is what the recipe asks for and every image is of the type and size that it says: a
 * decoder that hostile bytes have taken over can still not have anything else served in a thumbnail's place.
 */
export function checkMade(made: MadeImages, recipe: Recipe): MadeImages {
  if (made.status === 'failed') return made;
  const heights = made.images.map((image) => image.tierHeight);
  if (heights.join() !== recipe.heights.join()) throw untrue('of other heights');
  for (const { contentType, width, height, data } of made.images) {
    if (recipe.format !== 'same' && contentType !== `image/${recipe.format}`) throw untrue('of another format');
    const found = infoOf(data, width * height);
    if (found.contentType !== contentType || found.width !== width || found.height !== height) throw untrue('not so');
  }
  return made;
}

function infoOf(data: Uint8Array, maxPixels: number) {
  try {
    return inspectOriginal(data, { maxPixels });
  } catch {
    throw untrue('no image');
  }
}

function untrue(what: string): DecoderFailure {
  return new DecoderFailure('error', `thumbnails that are ${what}`);
}
