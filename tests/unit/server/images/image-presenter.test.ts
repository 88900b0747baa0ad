import { describe, expect, it } from '@jest/globals';
import { imageSchema } from '../../../../core/contracts/image.ts';
import type { PresignGetOptions } from '../../../../core/storage/object-store.ts';
import { createImagePresenter } from '../../../../server/images/image.presenter.ts';
import type { StoredImage, StoredThumbnail } from '../../../../server/images/image-table.ts';
import { createSignedUrls } from '../../../../server/images/signed-urls.ts';

const signed: { bucket: string; key: string; options: PresignGetOptions }[] = [];
const presentImage = createImagePresenter({
  signedUrls: createSignedUrls({
    presignGet(bucket, key, options) {
      // Without a disposition it is the probe for the window.
      if (options.contentDisposition) signed.push({ bucket, key, options });
      const expiresAt = new Date(options.signedAt.getTime() + options.expiresInSeconds * 1_000);
      return { url: `http://store.test/${bucket}/${key}?at=${options.signedAt.getTime()}`, expiresAt };
    },
  }),
});

const thumbnail = (tierHeight: number, format: StoredThumbnail['format'], made = 1): StoredThumbnail => ({
  tierHeight,
  format,
  width: tierHeight * 2,
  height: tierHeight,
  bytes: 10,
  contentType: format === 'webp' ? 'image/webp' : 'image/png',
  objectKey: `${tierHeight}-${format}`,
  createdAt: new Date(made),
});

const image: StoredImage = {
  id: '0199aaaa-0000-7000-8000-000000000000',
  ownerId: '0199aaaa-0000-7000-8000-000000000001',
  name: 'żółw.png',
  objectKey: 'original',
  contentType: 'image/png',
  bytes: 48_213,
  width: 1_200,
  height: 800,
  sha256: 'a'.repeat(64),
  status: 'ready',
  failureCode: null,
  failureMessage: null,
  warnings: ['damaged'],
  placeholder: 'abc=',
  crashCount: 0,
  createdAt: new Date('2026-11-22T10:00:00.001Z'),
  updatedAt: new Date('2026-11-22T10:00:00.020Z'),
  thumbnails: [thumbnail(400, 'same'), thumbnail(200, 'same')],
};
const tier = { thumbnailHeights: [200, 400], thumbnailFormat: 'same' as const, originalLink: true };
const heights = (presented: { thumbnails: { tierHeight: number }[] }) =>
  presented.thumbnails.map((one) => one.tierHeight);

describe('an image from outside', () => {
  it('is exactly what the contract says', () => {
    const presented = presentImage(image, tier);
    expect(imageSchema.strict().parse(presented)).toEqual(presented);
    expect(presented).toMatchObject({ createdAt: '2026-11-22T10:00:00.001Z', failure: null, pendingHeights: [] });
    expect(presented.warnings).toEqual(['damaged']);
    expect(JSON.stringify(presented)).not.toContain(image.ownerId);
  });

  it('has the original only when the tier has originalLink', () => {
    expect(presentImage(image, { ...tier, originalLink: false }).original).toBeNull();
    expect(presentImage(image, tier).original?.url).toContain('/originals/original');
  });

  it('has the heights of the tier now that are made, ascending; the others are pending', () => {
    expect(heights(presentImage(image, { ...tier, thumbnailHeights: [200] }))).toEqual([200]);
    const more = presentImage(image, { ...tier, thumbnailHeights: [100, 200, 400, 800] });
    expect(heights(more)).toEqual([200, 400]);
    expect(more.pendingHeights).toEqual([100, 800]);
  });

  it('shows the newest of another format until the one of the tier is made', () => {
    const thumbnails = [
      thumbnail(200, 'same', 1),
      thumbnail(200, 'jpeg', 2),
      thumbnail(400, 'webp', 1),
      thumbnail(400, 'same', 9),
    ];
    const presented = presentImage({ ...image, thumbnails }, { ...tier, thumbnailFormat: 'webp' });
    expect(presented.thumbnails.map((one) => one.url.split('?')[0])).toEqual([
      'http://store.test/thumbnails/200-jpeg',
      'http://store.test/thumbnails/400-webp',
    ]);
    expect(presented.pendingHeights).toEqual([200]);
  });

  it('that failed has nothing pending, and says why', () => {
    const failed = {
      ...image,
      status: 'failed' as const,
      failureCode: 'undecodable' as const,
      failureMessage: 'Broken.',
      thumbnails: [],
    };
    expect(presentImage(failed, tier)).toMatchObject({
      pendingHeights: [],
      failure: { code: 'undecodable', message: 'Broken.' },
      thumbnails: [],
    });
    expect(presentImage(failed, tier).original).not.toBeNull();
  });

  it('that brought the decoder down three times has nothing pending either', () => {
    const more = { ...tier, thumbnailHeights: [200, 800] };
    expect(presentImage({ ...image, crashCount: 2 }, more).pendingHeights).toEqual([800]);
    expect(presentImage({ ...image, crashCount: 3 }, more).pendingHeights).toEqual([]);
  });

  it('signs at the start of a window of 30 minutes, for 90: the same string within it, and an hour left at least', () => {
    const at = (time: string) => presentImage(image, tier, { now: new Date(time) }).thumbnails[0]!;
    expect(at('2026-11-22T10:30:00.000Z')).toEqual(at('2026-11-22T10:59:59.999Z'));
    expect(at('2026-11-22T11:00:00.000Z').url).not.toBe(at('2026-11-22T10:59:59.999Z').url);
    expect(at('2026-11-22T10:59:59.999Z').expiresAt).toBe('2026-11-22T12:00:00.000Z');
  });

  it('names the files as they are saved', () => {
    signed.length = 0;
    presentImage(image, { ...tier, thumbnailHeights: [200] });
    expect(signed.map(({ options }) => options.contentDisposition)).toEqual([
      `inline; filename="zo_w.png"; filename*=UTF-8''%C5%BC%C3%B3%C5%82w.png`,
      `inline; filename="zo_w-200.png"; filename*=UTF-8''%C5%BC%C3%B3%C5%82w-200.png`,
    ]);
  });
});
