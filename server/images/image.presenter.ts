import type { Image, Thumbnail } from '../../core/contracts/image.ts';
import { inlineDisposition } from '../../core/storage/inline-disposition.ts';
import type { Failure } from '../../core/thumbnails/thumbnail-result.ts';
import type { TierRules } from '../tiers/tier-rules.ts';
import { thumbnailName } from './image-name.ts';
import type { StoredImage } from './image-table.ts';
import { pendingHeights, shownThumbnails } from './missing-thumbnails.ts';
import type { SignedUrls } from './signed-urls.ts';

export type PresentableTier = Pick<TierRules, 'thumbnailHeights' | 'thumbnailFormat' | 'originalLink'>;

export interface PresentOptions {
  now?: Date;
  /** False for an image that is one of very many: its URLs are not remembered for the next time. */
  keepUrls?: boolean;
}

/** What leaves of an image: exactly the contract's JSON, for its owner's tier as it is now. */
export function createImagePresenter({ signedUrls }: { signedUrls: Pick<SignedUrls, 'at'> }) {
  return function presentImage(
    image: StoredImage,
    tier: PresentableTier,
    { now = new Date(), keepUrls = true }: PresentOptions = {},
  ): Image {
    const sign = signedUrls.at(now, keepUrls);
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
      pendingHeights: pendingHeights(tier, image, image.thumbnails),
      placeholder: image.placeholder,
      createdAt: image.createdAt.toISOString(),
      updatedAt: image.updatedAt.toISOString(),
      original: tier.originalLink
        ? sign('originals', image.objectKey, image.name, () => inlineDisposition(image.name))
        : null,
      thumbnails: shownThumbnails(tier, image.thumbnails).map((thumbnail): Thumbnail => {
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

function failureOf({ failureCode, failureMessage }: StoredImage): Failure | null {
  return failureCode === null ? null : { code: failureCode, message: failureMessage ?? '' };
}
