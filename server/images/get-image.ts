import type { Sequelize } from 'sequelize';
import type { Image } from '../../core/contracts/image.ts';
import { AppError } from '../../core/errors.ts';
import type { Actor } from '../kernel/actor.ts';
import type { PresentImage } from './image.presenter.ts';
import { findStoredImage } from './image-table.ts';

/** One image of the actor; `not_found` for another's as for none. */
export function getImageOf({ sequelize, presentImage }: { sequelize: Sequelize; presentImage: PresentImage }) {
  return async (actor: Actor, imageId: string): Promise<Image> => {
    const image = await findStoredImage(sequelize, actor.accountId, imageId);
    if (!image) throw imageNotFound();
    return presentImage(image, actor.tier);
  };
}

export function imageNotFound(): AppError {
  return new AppError('not_found', 'There is no such image.');
}
