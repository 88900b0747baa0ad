import { QueryTypes, type Sequelize } from 'sequelize';
import { AppError } from '../../core/errors.ts';
import type { ObjectStore } from '../../core/storage/object-store.ts';
import type { RecordAudit } from '../audit/record-audit.ts';
import type { Actor, Origin } from '../kernel/actor.ts';
import { requirePermission } from '../kernel/permissions.ts';
import { bytesOf, findExif } from './exif/find-exif.ts';
import { type PhotoPosition, type ReadPhoto, readPhotoFacts, readPhotoPosition } from './exif/photo-facts.ts';

export interface ReadPhotoDeps {
  sequelize: Sequelize;
  store: Pick<ObjectStore, 'get'>;
  recordAudit: RecordAudit;
}

interface OriginalRow {
  name: string;
  objectKey: string;
  bytes: number;
  contentType: string;
}

/**
 * What the camera wrote into an original, for staff with `images.view`: never where the picture was taken. Only the
 * header is read from the store. `not_found`, `unavailable`.
 */
export function readPhotoOf({ sequelize, store }: Pick<ReadPhotoDeps, 'sequelize' | 'store'>) {
  return async (actor: Actor, imageId: string): Promise<ReadPhoto> => {
    requirePermission(actor, 'images.view');
    return readPhotoFacts(await exifOf(store, await findOriginal(sequelize, imageId)));
  };
}

/**
 * Where a picture was taken, for staff with `images.view`, who are in the log before they get it. Null when the original
 * does not say.
 */
export function viewPositionOf({ sequelize, store, recordAudit }: ReadPhotoDeps) {
  return async (actor: Actor, imageId: string, origin: Origin): Promise<PhotoPosition | null> => {
    requirePermission(actor, 'images.view');
    const original = await findOriginal(sequelize, imageId);
    await recordAudit({
      actor,
      action: 'view_position',
      resource: 'images',
      recordId: imageId,
      recordTitle: original.name,
      origin,
    });
    return readPhotoPosition(await exifOf(store, original));
  };
}

async function findOriginal(sequelize: Sequelize, imageId: string): Promise<OriginalRow> {
  const [original] = await sequelize.query<OriginalRow>(
    `SELECT name, object_key AS "objectKey", bytes, content_type AS "contentType" FROM images
     WHERE id = $1 AND state = 'stored'`,
    { type: QueryTypes.SELECT, bind: [imageId] },
  );
  if (!original) throw new AppError('not_found', 'There is no such image.');
  return original;
}

function exifOf(store: Pick<ObjectStore, 'get'>, { objectKey, bytes, contentType }: OriginalRow): Promise<Buffer> {
  return findExif(bytesOf(store, objectKey), bytes, contentType);
}
