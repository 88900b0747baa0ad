import type { Recipe } from '../../core/thumbnails/recipe.ts';
import {
  type Failure,
  failureCodes,
  type ImageWarning,
  type MadeThumbnail,
  type ThumbnailResult,
} from '../../core/thumbnails/thumbnail-result.ts';
import type { ImageStatus } from '../images/image.model.ts';
import type { MadeSoFar } from '../images/missing-thumbnails.ts';

export interface ImageSoFar {
  status: ImageStatus;
  failureCode: string | null;
  placeholder: string | null;
  warnings: ImageWarning[];
  width: number | null;
  height: number | null;
  staleBefore: Date | null;
  crashCount: number;
}

export interface ThumbnailSoFar extends MadeSoFar {
  width: number;
  height: number;
  bytes: number;
  contentType: string;
}

export interface Settlement {
  /** What the result says of the image and its row does not say yet. */
  image: Partial<
    Pick<ImageSoFar, 'status' | 'failureCode' | 'placeholder' | 'warnings' | 'width' | 'height'> & {
      failureMessage: string | null;
    }
  >;
  /** Thumbnails that are new, or newer than what is known of them. */
  thumbnails: (MadeThumbnail & { format: Recipe['format']; madeAt: Date })[];
  /** Somebody who looks at the image sees a difference. */
  visible: boolean;
}

/**
 * What one result changes. Results come late, twice and swapped; whatever the order, the end is the same:
 * of two that say something on the same thing the later made one counts, thumbnails count more than a verdict,
 * and of two verdicts the one that stands first in `failureCodes` counts.
 */
export function settleImage(
  image: ImageSoFar,
  thumbnails: readonly ThumbnailSoFar[],
  result: ThumbnailResult,
): Settlement {
  const madeAt = new Date(result.madeAt);
  if (result.status === 'failed') {
    const askedAnewSince = image.staleBefore !== null && madeAt < image.staleBefore;
    return askedAnewSince ? nothing : settleFailure(image, result.failure);
  }

  const known = new Map(thumbnails.map((thumbnail) => [`${thumbnail.tierHeight}-${thumbnail.format}`, thumbnail]));
  const settlement: Settlement = { image: {}, thumbnails: [], visible: false };
  for (const made of result.thumbnails) {
    const before = known.get(`${made.tierHeight}-${result.recipe.format}`);
    if (before && before.createdAt >= madeAt) continue;
    settlement.thumbnails.push({ ...made, format: result.recipe.format, madeAt });
    settlement.visible ||= !before || !looksTheSame(before, made);
  }
  const isNewest = thumbnails.every((thumbnail) => thumbnail.createdAt <= madeAt);
  const said = { ...result.original, placeholder: result.placeholder };
  for (const field of ['width', 'height', 'placeholder'] as const) {
    if (isNewest && image[field] !== said[field]) Object.assign(settlement.image, { [field]: said[field] });
  }
  if (isNewest && image.warnings.join() !== result.warnings.join()) settlement.image.warnings = result.warnings;
  if (image.status !== 'ready') {
    Object.assign(settlement.image, { status: 'ready', failureCode: null, failureMessage: null });
  }
  settlement.visible ||= Object.keys(settlement.image).length > 0;
  return settlement;
}

const nothing: Settlement = { image: {}, thumbnails: [], visible: false };

/** What a verdict changes: nothing when there are thumbnails already, or a verdict that counts more. */
export function settleFailure(image: Pick<ImageSoFar, 'status' | 'failureCode'>, failure: Failure): Settlement {
  const ranks: readonly (string | null)[] = failureCodes;
  const rank = (code: string | null) => ranks.indexOf(code);
  const counts =
    image.status === 'processing' || (image.status === 'failed' && rank(failure.code) < rank(image.failureCode));
  if (!counts) return nothing;
  return {
    image: { status: 'failed', failureCode: failure.code, failureMessage: failure.message },
    thumbnails: [],
    visible: true,
  };
}

function looksTheSame(before: ThumbnailSoFar, made: MadeThumbnail): boolean {
  return (
    before.width === made.width &&
    before.height === made.height &&
    before.bytes === made.bytes &&
    before.contentType === made.contentType
  );
}
