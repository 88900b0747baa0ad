import { DatabaseError, ForeignKeyConstraintError, UniqueConstraintError } from 'sequelize';
import { AppError, type FieldError } from '../../core/errors.ts';
import { toAppError } from '../../server/http/to-app-error.ts';

/**
 * Any error of a write, as one that a form can show. Use cases throw the right ones; a rule that only the database
 * enforces (a limit, two at once) becomes one here and is no 500.
 */
export function toPanelProblem(error: unknown): AppError {
  if (error instanceof UniqueConstraintError) return taken(error);
  if (error instanceof ForeignKeyConstraintError) {
    return /^update or delete/.test(error.message)
      ? new AppError('in_use', 'Other records refer to this one.', { cause: error })
      : new AppError('conflict', 'A record that this one refers to is gone. Load it again.', { cause: error });
  }
  if (error instanceof DatabaseError) {
    const rule = brokenRule(error);
    if (rule) return rule;
  }
  return toAppError(error);
}

function taken(error: UniqueConstraintError): AppError {
  const errors: FieldError[] = Object.keys(error.fields ?? {}).map((column) => ({
    path: camelCase(column),
    message: 'Another record has this already.',
  }));
  return new AppError('name_taken', 'Another record has this already.', { errors, cause: error });
}

/** PostgreSQL's class 22 (data that does not fit) and 23 (a broken constraint), its documentation, appendix A. */
function brokenRule(error: DatabaseError): AppError | null {
  const { code, column, constraint, table } = error.parent as {
    code?: string;
    column?: string;
    constraint?: string;
    table?: string;
  };
  if (!code?.startsWith('22') && !code?.startsWith('23')) return null;
  const name = column ?? (constraint && table ? columnOf(constraint, table) : undefined);
  const fault = code === '22001' ? 'This is too long.' : 'This value is not allowed.';
  const errors = name ? [{ path: camelCase(name), message: fault }] : [];
  return new AppError('invalid_request', fault, { errors, cause: error });
}

/** `tiers_max_upload_bytes_check` of `tiers` is about `max_upload_bytes`. */
function columnOf(constraint: string, table: string): string | undefined {
  return new RegExp(`^${table}_(.+)_check\\d*$`).exec(constraint)?.[1];
}

function camelCase(column: string): string {
  return column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
