import { ConnectionError, DatabaseError, TimeoutError } from 'sequelize';

/** PostgreSQL classes (its documentation, appendix A) that mean: not now, rather than: not like this. */
const passingSqlStates = /^(08|53|57|58|40|25006|55P03)/;
const passingSystemErrors = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN']);
/** What pg says without a code, of a connection that ended or hangs. */
const connectionEnded =
  /Query read timeout|Connection terminated|timeout exceeded when trying to connect|is not queryable|Client was closed/;
/** PostgreSQL's own sources that write to its disk. */
const storageSources = /^(xlog|xlogutils|md|fd|smgr|slru|bufmgr|buffile|relmapper|storage|copydir)\.c$/;
/** As `errcode_for_file_access` names a file system that is read-only or forbids it, and what it has no name for. */
const fileAccessStates = new Set(['42501', 'XX000']);

/** Whether the database cannot do its work now, whatever it is asked: it is worth trying again later. */
export function isDatabaseAway(error: unknown): boolean {
  if (error instanceof ConnectionError || error instanceof TimeoutError) return true;
  const source = error instanceof DatabaseError ? error.parent : error;
  if (!(source instanceof Error)) return false;
  if (connectionEnded.test(source.message)) return true;
  const { code = '', severity, file = '' } = source as { code?: unknown; severity?: unknown; file?: unknown };
  if (passingSystemErrors.has(String(code))) return true;
  if (!(error instanceof DatabaseError)) return false;
  return (
    passingSqlStates.test(String(code)) ||
    // The server ended the connection, or itself.
    severity === 'FATAL' ||
    severity === 'PANIC' ||
    (fileAccessStates.has(String(code)) && storageSources.test(String(file)))
  );
}
