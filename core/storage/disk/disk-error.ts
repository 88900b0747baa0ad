import { AppError } from '../../errors.ts';

const details: Record<string, string> = {
  ENOSPC: 'The storage is full. Nothing was stored; try again later.',
  EDQUOT: 'The storage is full. Nothing was stored; try again later.',
  EROFS: 'The storage cannot be written to right now. Try again later.',
};

/** The system's name for it, such as `ENOENT`; empty for other errors. */
export function errorCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

export function hasCode(error: unknown, ...codes: string[]): boolean {
  return codes.includes(errorCode(error));
}

/** What the file system said, as `unavailable`. An AppError stays what it is. */
export function diskError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError(
    'unavailable',
    details[errorCode(error)] ?? 'The storage does not work right now. Try again later.',
    {
      cause: error,
    },
  );
}

/** The work's result, its failure as `unavailable`. */
export async function onDisk<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw diskError(error);
  }
}
