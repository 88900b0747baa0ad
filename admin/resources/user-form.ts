import { invalidField } from '../../core/errors.ts';
import type { FormValues } from '../actions/form-values.ts';

/** What a person may write of an account; nothing else in a form is looked at. */
export function userFields(form: FormValues): Record<string, unknown> {
  return {
    ...(form.has('username') ? { username: form.text('username') } : {}),
    ...(form.has('email') ? { email: form.text('email').trim() } : {}),
    ...(form.has('tierId') ? { tierId: form.raw('tierId') } : {}),
    ...(form.has('isActive') ? { isActive: form.boolean('isActive') } : {}),
    ...(form.has('isStaff') ? { isStaff: form.boolean('isStaff') } : {}),
    ...(form.has('isSuperuser') ? { isSuperuser: form.boolean('isSuperuser') } : {}),
    ...(form.has('groupIds') ? { groupIds: form.list('groupIds') } : {}),
    ...(form.has('permissions') ? { permissions: form.list('permissions') } : {}),
  };
}

/** Throws `invalid_request` at the field that is at fault. */
export function newPassword(form: FormValues): string {
  const password = form.text('password');
  if (password === '') throw invalidField('password', 'Give a password.');
  if (password !== form.text('passwordAgain')) throw invalidField('passwordAgain', 'The two passwords differ.');
  return password;
}
