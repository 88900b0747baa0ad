import { type Recipe, recipeId } from '../thumbnails/recipe.ts';

/**
 * The only place that builds or reads an object key.
 *
 *   originals:   IMAGE_ID/SECRET
 *   thumbnails:  IMAGE_ID/SECRET/HEIGHT-FORMAT.SUFFIX and IMAGE_ID/SECRET/result-RECIPE.json
 *
 * SECRET is 128 random bits (OWASP ASVS 11.5.1): an id that leaks does not give a key away. Nothing that a person
 * typed is ever part of a key.
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
const resultPattern = /^(?<original>[0-9a-f-]{36}\/[0-9a-f]{32})\/result-(?<recipe>[a-z0-9_-]+)\.json$/;

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

/** Everything in the thumbnails bucket that was made of one original starts with this. */
export function thumbnailPrefix(original: string): string {
  return `${original}/`;
}

export function thumbnailKey(
  original: string,
  thumbnail: { tierHeight: number; format: Recipe['format']; contentType: string },
): string {
  const suffix = suffixes[thumbnail.contentType];
  if (!suffix) throw new Error(`no suffix for ${thumbnail.contentType}`);
  return `${original}/${thumbnail.tierHeight}-${thumbnail.format}.${suffix}`;
}

export function resultKey(original: string, recipe: Recipe): string {
  return `${original}/result-${recipeId(recipe)}.json`;
}

/** The original that a key of the thumbnails bucket is a result of; null for any other key. */
export function parseResultKey(key: string): { originalKey: string } | null {
  const original = resultPattern.exec(key)?.groups?.original;
  return original && parseOriginalKey(original) ? { originalKey: original } : null;
}

/** The original that a key of the thumbnails bucket lies below, whatever it is; null for a key that is not ours. */
export function originalKeyOfThumbnail(key: string): string | null {
  const end = key.indexOf('/', key.indexOf('/') + 1);
  const original = end < 0 ? '' : key.slice(0, end);
  return parseOriginalKey(original) ? original : null;
}
