import { createHmac } from 'node:crypto';
import { type Recipe, recipeId } from '../thumbnails/recipe.ts';

/**
 * The only place that builds or reads an object key.
 *
 *   originals:   IMAGE_ID/SECRET
 *   thumbnails:  IMAGE_ID/DERIVED.RECIPE.HEIGHT.SUFFIX and IMAGE_ID/DERIVED.RECIPE.result.json
 *
 * SECRET is 128 random bits (OWASP ASVS 11.5.1): an id that leaks does not give a key away. DERIVED is computed from it
 * one way: the URL of a thumbnail says nothing about the key of the original. The bytes of a thumbnail depend on the whole
 * recipe, so the whole recipe is in its key: two recipes never write to one object. Nothing that a person typed is ever
 * part of a key.
 *
 * Earlier versions wrote IMAGE_ID/SECRET/HEIGHT-FORMAT.SUFFIX and IMAGE_ID/SECRET/result-RECIPE.json. Those objects are
 * still read, checked, moved and deleted; nothing writes them any more.
 */

/** What the service keeps for itself in a bucket is below this; it is no image's. */
export const servicePrefix = 'darkroom/';

/** In both buckets: which installation they belong to. */
export const installationKey = `${servicePrefix}installation.json`;

/** In the bucket of the originals: when a server last said that it lives. */
export const aliveKey = `${servicePrefix}alive.json`;

export interface OriginalKeyParts {
  imageId: string;
  secret: string;
}

const originalPattern =
  /^(?<imageId>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\/(?<secret>[0-9a-f]{32})$/;
const madePattern =
  /^(?<imageId>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\/(?<secret>[0-9a-f]{32})(?<separator>[./])(?<name>.+)$/;
const resultNames = {
  '.': /^[a-z0-9_-]+\.result\.json$/,
  '/': /^result-[a-z0-9_-]+\.json$/,
};

const suffixes: Record<string, string> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/gif': 'gif',
  'image/avif': 'avif',
};

/** `secret` is 32 lower-case hex digits. */
export function originalKey(imageId: string, secret: string): string {
  return `${imageId}/${secret}`;
}

export function parseOriginalKey(key: string): OriginalKeyParts | null {
  const groups = originalPattern.exec(key)?.groups;
  return groups ? { imageId: groups.imageId ?? '', secret: groups.secret ?? '' } : null;
}

/** Everything in the thumbnails bucket that was made of this image starts with this, and nothing else does. */
export function madePrefix(imageId: string): string {
  return `${imageId}/`;
}

export interface MadeKeyParts {
  imageId: string;
  /** Of the image that it was made of: derived from the secret of its original, or in earlier keys that secret. */
  secret: string;
  /** It is a result, and not a thumbnail. */
  isResult: boolean;
  /** It is a key as earlier versions wrote it. */
  isEarlier: boolean;
}

/** What a key of the thumbnails bucket says; null for a key that is not ours. */
export function parseMadeKey(key: string): MadeKeyParts | null {
  const { imageId, secret, separator, name } = madePattern.exec(key)?.groups ?? {};
  if (!imageId || !secret || !name) return null;
  const isEarlier = separator === '/';
  return { imageId, secret, isResult: resultNames[isEarlier ? '/' : '.'].test(name), isEarlier };
}

/** Whether what lies under this key of the thumbnails bucket was made of this original. */
export function isMadeOf(original: string, made: Pick<MadeKeyParts, 'imageId' | 'secret' | 'isEarlier'>): boolean {
  const parts = parseOriginalKey(original);
  if (parts?.imageId !== made.imageId) return false;
  return made.secret === (made.isEarlier ? parts.secret : derivedSecret(parts.secret));
}

export function thumbnailKey(
  original: string,
  recipe: Recipe,
  thumbnail: { tierHeight: number; contentType: string },
): string {
  return `${madeBase(original, recipe)}.${thumbnail.tierHeight}.${suffixOf(thumbnail.contentType)}`;
}

export function resultKey(original: string, recipe: Recipe): string {
  return `${madeBase(original, recipe)}.result.json`;
}

/** The key that earlier versions wrote this thumbnail to. */
export function earlierThumbnailKey(
  original: string,
  recipe: Recipe,
  thumbnail: { tierHeight: number; contentType: string },
): string {
  return `${original}/${thumbnail.tierHeight}-${recipe.format}.${suffixOf(thumbnail.contentType)}`;
}

/** The key that earlier versions wrote this result to. */
export function earlierResultKey(original: string, recipe: Recipe): string {
  return `${original}/result-${recipeId(recipe)}.json`;
}

function madeBase(original: string, recipe: Recipe): string {
  const parts = parseOriginalKey(original);
  if (!parts) throw new Error('not the key of an original');
  return `${parts.imageId}/${derivedSecret(parts.secret)}.${recipeId(recipe)}`;
}

/** One way (HMAC-SHA-256, cut to 128 bits), and the same on every server and in the function, with no secret of theirs. */
function derivedSecret(secret: string): string {
  return createHmac('sha256', secret).update('darkroom thumbnails').digest('hex').slice(0, 32);
}

function suffixOf(contentType: string): string {
  const suffix = suffixes[contentType];
  if (!suffix) throw new Error(`no suffix for ${contentType}`);
  return suffix;
}
