import { BaseError, ConnectionAcquireTimeoutError } from 'sequelize';
import { isDatabaseAway } from './is-database-away.ts';

const byState: Readonly<Record<string, string>> = {
  '28P01': 'The database refuses the password of DATABASE_URL. Correct it there.',
  '28000': 'The database refuses the user of DATABASE_URL, or a connection without TLS. Ask whoever runs it.',
  '3D000': 'The database that DATABASE_URL names does not exist. Create it, then start again.',
  '3F000': 'The database has no schema to work in: create the one that its search_path names (usually public).',
  '42501':
    'The user of DATABASE_URL may not do this in the database. Make it the owner of the database, or grant it CREATE on the database and on its schema.',
  '42P01': 'A table is missing in the database. Run "npm run manage -- migrate", or restore a whole backup.',
  '0A000': 'The database lacks something that Darkroom needs, such as the extensions citext and pg_trgm. Install them.',
  '53300': 'The database has no connection left. Close other programs that use it, or raise its max_connections.',
};

/**
 * What a person is told of a fault of the database that is not the program's: what it is and what to do. Null for any
 * other error.
 */
export function databaseFaultInWords(error: unknown): string | null {
  const source = sourceOf(error);
  if (error instanceof ConnectionAcquireTimeoutError) {
    return 'No connection to the database became free in time: all are in use, or it does not answer. Try again later, or raise DATABASE_POOL_SIZE.';
  }
  if (!(source instanceof Error)) return null;
  if (/unsupported startup parameter/.test(source.message)) {
    return 'The connection pooler in front of the database refuses a setting of the connection. For PgBouncer set ignore_startup_parameters = statement_timeout,idle_in_transaction_session_timeout, or let DATABASE_URL name PostgreSQL itself.';
  }
  // Only what PostgreSQL answered has a severity.
  const words = 'severity' in source && 'code' in source ? (byState[String(source.code)] ?? null) : null;
  const isAway = isDatabaseAway(error) || isDatabaseAway(source);
  // A disk that is read-only has the code of something that is forbidden.
  if (words !== null && !(isAway && words === byState['42501'])) return words;
  return isAway
    ? 'The database does not answer, or cannot write now. Is it running, and has its disk room? Then try again.'
    : null;
}

/** What the database or the connection itself said, under what Sequelize and Umzug wrap around it. */
function sourceOf(error: unknown): unknown {
  let source = error;
  for (let depth = 0; depth < 5 && source instanceof Error; depth += 1) {
    const inner = source instanceof BaseError && 'parent' in source ? source.parent : source.cause;
    if (!(inner instanceof Error)) break;
    source = inner;
  }
  return source;
}
