import type { AuditChanges } from '../../server/audit/audit-entry.model.ts';

/** One change of an entry, as short texts. */
export interface ChangeInText {
  field: string;
  from: string;
  to: string;
}

const longestValue = 200;

/** What was done, by the name that the log keeps. */
export const actionWords: Record<string, string> = {
  add: 'added it',
  adopt: 'brought it back from the store',
  change: 'changed it',
  delete: 'deleted it',
  login: 'logged in',
  login_failed: 'failed to log in',
  revoke_token: 'ended a refresh token',
  set_password: 'set the password',
  make_password_link: 'made a link to set a new password',
  use_password_link: 'set a new password by a link',
  change_own_password: 'changed the own password',
  end_sessions: 'logged it out everywhere',
  move_accounts: 'gave its users another tier',
  reprocess: 'asked for new thumbnails',
  revoke: 'revoked it',
  export: 'exported the list',
};

const fields: Record<string, string> = {
  isActive: 'active',
  isStaff: 'staff',
  isSuperuser: 'superuser',
  username: 'user name',
  email: 'e-mail',
  expiresAt: 'ends',
  madeBy: 'link made by',
  isDefault: 'default',
  thumbnailHeights: 'thumbnail heights',
  thumbnailFormat: 'thumbnail format',
  originalLink: 'original link',
  expiringLink: 'expiring links',
  expiringLinkMinSeconds: 'shortest expiring link (seconds)',
  expiringLinkMaxSeconds: 'longest expiring link (seconds)',
  maxUploadBytes: 'largest upload (bytes)',
  quotaBytes: 'quota (bytes)',
};

/** What an action of the log is called: `asked for new thumbnails`. One that is new here is shown by its own name. */
export function actionInWords(action: string): string {
  return Object.hasOwn(actionWords, action) ? (actionWords[action] ?? action) : action.replaceAll('_', ' ');
}

/** `{field, from, to}` in words; a list that any page can show. */
export function changesInWords(changes: AuditChanges | null): ChangeInText[] {
  return Object.entries(changes ?? {}).map(([field, { from, to }]) => ({
    field: Object.hasOwn(fields, field) ? (fields[field] ?? field) : field,
    from: valueInWords(from),
    to: valueInWords(to),
  }));
}

function valueInWords(value: unknown): string {
  if (value === undefined || value === null || value === '') return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return value.toLocaleString('en-US');
  const text = Array.isArray(value) ? value.join(', ') : asText(value);
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text || '–';
}

function asText(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
