import type { ZodError } from 'zod';
import { AppError, type FieldError } from './errors.ts';

/** `invalid_request` that names each field or parameter at fault. */
export function fromZodError(error: ZodError): AppError {
  const errors: FieldError[] = error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
  const first = errors[0];
  return new AppError('invalid_request', first ? `${first.path || 'body'}: ${first.message}` : 'Not valid.', {
    errors,
  });
}
