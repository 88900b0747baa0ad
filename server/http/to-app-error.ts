import { AppError } from '../../core/errors.ts';
import { isDatabaseAway } from '../db/is-database-away.ts';

/** Any error as one that may leave: what is not ours becomes `unavailable` or `internal`, with the cause for the log. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (isDatabaseAway(error)) {
    return new AppError('unavailable', 'The database does not answer. Try again in a few seconds.', { cause: error });
  }
  if (error instanceof URIError)
    return new AppError('not_found', 'There is nothing at this address.', { cause: error });
  return new AppError('internal', 'Something went wrong on our side. If it happens again, report the request ID.', {
    cause: error,
  });
}
