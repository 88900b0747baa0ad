import { createHash, randomBytes } from 'node:crypto';
import { v7 as uuidV7 } from 'uuid';
import { originalKey, thumbnailKey } from '../../../core/storage/object-key.ts';
import type { ObjectStore } from '../../../core/storage/object-store.ts';
import type { ImageModel } from '../../../server/images/image.model.ts';
import type { Models } from '../../../server/models.ts';

let built = 0;

/** An image with its original in the store. The bytes are any: nothing that serves them looks into them. */
export async function buildStoredImage(
  { models, store }: { models: Models; store: ObjectStore },
  {
    ownerId,
    name = `picture-${++built}.png`,
    bytes = randomBytes(2048),
  }: { ownerId: string; name?: string; bytes?: Buffer },
): Promise<ImageModel> {
  const id = uuidV7();
  const objectKey = originalKey(id, randomBytes(16).toString('hex'));
  await store.put('originals', objectKey, bytes, { contentType: 'image/png', contentLength: bytes.length });
  return models.Image.create({
    id,
    ownerId,
    name,
    state: 'stored',
    objectKey,
    contentType: 'image/png',
    bytes: bytes.length,
    width: 30,
    height: 20,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  });
}

/** A thumbnail of it that is made. */
export async function buildThumbnail(
  { models, store }: { models: Models; store: ObjectStore },
  { image, tierHeight = 200, bytes = randomBytes(512) }: { image: ImageModel; tierHeight?: number; bytes?: Buffer },
): Promise<void> {
  const shape = { tierHeight, format: 'same', contentType: 'image/png' } as const;
  const objectKey = thumbnailKey(image.objectKey, { version: 1, heights: [tierHeight], format: 'same' }, shape);
  await store.put('thumbnails', objectKey, bytes, { contentType: 'image/png', contentLength: bytes.length });
  await models.Thumbnail.create({
    ...shape,
    imageId: image.id,
    width: 30,
    height: 20,
    bytes: bytes.length,
    objectKey,
  });
}
