import type { Image, Thumbnail } from '../../core/contracts/image.ts';
import { inlineDisposition } from '../../core/storage/inline-disposition.ts';
import type { Failure } from '../../core/thumbnails/thumbnail-result.ts';
import { maxCrashes } from '../thumbnailing/missing-thumbnails.ts';
import type { TierRules } from '../tiers/tier-rules.ts';
import { thumbnailName } from './image-name.ts';
import type { StoredImage, StoredThumbnail } from './image-table.ts';
import type { SignedUrls } from './signed-urls.ts';

export type PresentableTier = Pick<TierRules, 'thumbnailHeights' | 'thumbnailFormat' | 'originalLink'>;

/** What leaves of an image: exactly the contract's JSON, for its owner's tier as it is now. */
export function createImagePresenter({ signedUrls }: { signedUrls: Pick<SignedUrls, 'at'> }) {
  return function presentImage(image: StoredImage, tier: PresentableTier, now: Date = new Date()): Image {
    const sign = signedUrls.at(now);
    const shown = tier.thumbnailHeights
      .map((height) => thumbnailToShow(image, height, tier))
      .filter((thumbnail) => thumbnail !== undefined);
    return {
      id: image.id,
      name: image.name,
      contentType: image.contentType,
      bytes: image.bytes,
      width: image.width,
      height: image.height,
      sha256: image.sha256,
      status: image.status,
      failure: failureOf(image),
      warnings: image.warnings,
      pendingHeights: pendingHeights(image, tier),
      placeholder: image.placeholder,
      createdAt: image.createdAt.toISOString(),
      updatedAt: image.updatedAt.toISOString(),
      original: tier.originalLink
        ? sign('originals', image.objectKey, image.name, () => inlineDisposition(image.name))
        : null,
      thumbnails: shown.map((thumbnail): Thumbnail => {
        const { tierHeight, height, width, bytes, contentType } = thumbnail;
        const signed = sign('thumbnails', thumbnail.objectKey, `${contentType} ${image.name}`, () =>
          inlineDisposition(thumbnailName(image.name, tierHeight, contentType)),
        );
        return { tierHeight, height, width, bytes, contentType, url: signed.url, expiresAt: signed.expiresAt };
      }),
    };
  };
}

export type PresentImage = ReturnType<typeof createImagePresenter>;

/** The one in the tier's format; until that is made, the newest in another format. */
function thumbnailToShow(image: StoredImage, height: number, tier: PresentableTier): StoredThumbnail | undefined {
  const made = image.thumbnails.filter((thumbnail) => thumbnail.tierHeight === height);
  return (
    made.find((thumbnail) => thumbnail.format === tier.thumbnailFormat) ??
    made.toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime())[0]
  );
}

function pendingHeights(image: StoredImage, tier: PresentableTier): number[] {
  if (image.status === 'failed' || image.crashCount >= maxCrashes) return [];
  const isMade = (height: number) =>
    image.thumbnails.some(({ tierHeight, format }) => tierHeight === height && format === tier.thumbnailFormat);
  return tier.thumbnailHeights.filter((height) => !isMade(height));
}

function failureOf({ failureCode, failureMessage }: StoredImage): Failure | null {
  return failureCode === null ? null : { code: failureCode, message: failureMessage ?? '' };
}
