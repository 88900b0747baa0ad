import { DatabaseError, ForeignKeyConstraintError, UniqueConstraintError } from 'sequelize';
import { AppError, invalidField } from '../../core/errors.ts';

/** What a person sees instead of a constraint of the database that was broken. */
export interface ConstraintWords {
  /** The column of the form that has to be unique, and what to say when it is not. */
  unique?: { path: string; message: string };
  /** The column of the form that names another record, and what to say when that is gone. */
  reference?: { path: string; message: string };
}

/**
 * Runs a write. Two people who write the same at the same time pass every check before it: what the database then
 * refuses becomes `name_taken` or `invalid_request` at the field.
 */
export async function withConstraintWords<T>(words: ConstraintWords, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof UniqueConstraintError && words.unique) {
      throw new AppError('name_taken', words.unique.message, { errors: [words.unique], cause: error });
    }
    if (isForeignKeyViolation(error) && words.reference) {
      throw invalidField(words.reference.path, words.reference.message);
    }
    throw error;
  }
}

/** 23503, and 23001 as PostgreSQL 18 names it when `ON DELETE RESTRICT` forbids a deletion. */
export function isForeignKeyViolation(error: unknown): boolean {
  if (error instanceof ForeignKeyConstraintError) return true;
  return error instanceof DatabaseError && 'code' in error.parent && error.parent.code === '23001';
}
