import { AppError } from '../../errors.ts';

/** S3's name for it, such as `NoSuchKey`. */
export function nameOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : '';
}

/** The HTTP status that S3 answered with, when it answered. */
export function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return undefined;
  return (error.$metadata as { httpStatusCode?: number }).httpStatusCode;
}

/** Whatever S3 or the way there said, as `unavailable`. An AppError stays what it is. */
export function s3Error(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError('unavailable', 'The storage does not work right now. Try again later.', { cause: error });
}
