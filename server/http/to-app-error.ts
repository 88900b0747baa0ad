import { ConnectionError, DatabaseError, TimeoutError } from 'sequelize';
import { AppError } from '../../core/errors.ts';

/** PostgreSQL classes (its documentation, appendix A) that mean: not now, rather than: not like this. */
const passingSqlStates = /^(08|53|57|58|40|25006|55P03)/;
const passingSystemErrors = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN']);
/** What pg says without a code, of a connection that ended or hangs. */
const connectionEnded =
  /Query read timeout|Connection terminated|timeout exceeded when trying to connect|is not queryable|Client was closed/;

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

function isDatabaseAway(error: unknown): boolean {
  if (error instanceof ConnectionError || error instanceof TimeoutError) return true;
  const source = error instanceof DatabaseError ? error.parent : error;
  if (!(source instanceof Error)) return false;
  if (connectionEnded.test(source.message)) return true;
  const code = 'code' in source && typeof source.code === 'string' ? source.code : '';
  if (passingSystemErrors.has(code)) return true;
  return error instanceof DatabaseError && passingSqlStates.test(code);
}
