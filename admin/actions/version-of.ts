import { invalidField } from '../../core/errors.ts';
import type { FormValues } from './form-values.ts';

/** An edit says which version of the record it was made from, so that it cannot overwrite another one unseen. */
export function versionOf(form: FormValues): number {
  const version = form.number('version');
  if (typeof version === 'number' && Number.isSafeInteger(version)) return version;
  throw invalidField('version', 'Open the form anew: it does not say what it was made from.');
}
