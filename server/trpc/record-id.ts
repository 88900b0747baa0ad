import { z } from 'zod';
import { AppError } from '../../core/errors.ts';

/** The id of a record. As in a path of REST, what is no id names nothing: `not_found`. */
export const recordId = z.string().transform((id) => {
  if (z.guid().safeParse(id).success) return id.toLowerCase();
  throw new AppError('not_found', 'There is nothing with this id.');
});
