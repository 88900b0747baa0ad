import type { z } from 'zod';
import { AppError, type FieldError, invalidField } from '../../core/errors.ts';
import { fromZodError } from '../../core/from-zod-error.ts';
import type { FormValues } from './form-values.ts';

/**
 * The form by the same schema as the API, with one message at each field.
 *
 * @param messages In place of the schema's own, by field.
 */
export function parseForm<Schema extends z.ZodType>(
  schema: Schema,
  values: unknown,
  messages: Record<string, string> = {},
): z.output<Schema> {
  const parsed = schema.safeParse(values);
  if (parsed.success) return parsed.data;
  const byField = new Map<string, FieldError>();
  for (const { path, message } of fromZodError(parsed.error).errors ?? []) {
    const field = path.split('.')[0] ?? path;
    if (!byField.has(field)) byField.set(field, { path: field, message: messages[field] ?? message });
  }
  throw new AppError('invalid_request', 'Not saved: look at the fields marked below.', {
    errors: [...byField.values()],
  });
}

/** An edit says which version of the record it was made from, so that it cannot overwrite another one unseen. */
export function versionOf(form: FormValues): number {
  const version = form.number('version');
  if (typeof version === 'number' && Number.isSafeInteger(version)) return version;
  throw invalidField('version', 'Open the form anew: it does not say what it was made from.');
}
