import type { Sequelize } from 'sequelize';
import { validate as isUuid } from 'uuid';
import { findImageByReference } from '../images/image-table.ts';

/** What a request calls an image by: its id, else its exact name. */
export interface ImageReference {
  imageId: string | null;
  imageName: string;
}

export function imageReference(idOrName: string): ImageReference {
  return { imageId: isUuid(idOrName) ? idOrName : null, imageName: idOrName.normalize('NFC') };
}

/** The one image of an account that an id names, else the one of exactly that name; null when there is none. */
export function findOwnImage(
  sequelize: Sequelize,
  ownerId: string,
  idOrName: string,
): Promise<{ id: string; name: string } | null> {
  return findImageByReference(sequelize, ownerId, imageReference(idOrName));
}
