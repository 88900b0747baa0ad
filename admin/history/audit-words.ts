import type { AuditChanges } from '../../server/audit/audit-entry.model.ts';
import { type Say, word } from '../locale/say-in.ts';

/** One change of an entry, as short texts. */
export interface ChangeInText {
  field: string;
  from: string;
  to: string;
}

const longestValue = 200;

/** What was done, by the name that the log keeps. */
export const actionWords: Record<string, string> = {
  add: word('added it'),
  adopt: word('brought it back from the store'),
  change: word('changed it'),
  delete: word('deleted it'),
  login: word('logged in'),
  logout: word('logged out'),
  login_failed: word('failed to log in'),
  revoke_token: word('ended a refresh token'),
  set_password: word('set the password'),
  make_password_link: word('made a link to set a new password'),
  use_password_link: word('set a new password by a link'),
  change_own_password: word('changed the own password'),
  end_sessions: word('logged it out everywhere'),
  move_accounts: word('gave its users another tier'),
  upload: word('uploaded it for its owner'),
  view_position: word('looked at where it was taken'),
  reprocess: word('asked for new thumbnails'),
  show_link: word('asked for its address'),
  revoke: word('revoked it'),
  remove_old: word('removed old entries of the log'),
  rotate_keys: word('made new keys for everything that is signed'),
  import: word('imported users from a file'),
  export: word('exported the list'),
};

const fields: Record<string, string> = {
  isActive: word('active'),
  isStaff: word('staff'),
  isSuperuser: word('superuser'),
  username: word('user name'),
  email: word('e-mail'),
  expiresAt: word('ends'),
  madeBy: word('link made by'),
  reason: word('why'),
  entries: word('entries'),
  before: word('from before'),
  made: word('made'),
  alreadyThere: word('there already'),
  wrong: word('wrong'),
  isDefault: word('default'),
  thumbnailHeights: word('thumbnail heights'),
  thumbnailFormat: word('thumbnail format'),
  originalLink: word('original link'),
  expiringLink: word('expiring links'),
  expiringLinkMinSeconds: word('shortest expiring link (seconds)'),
  expiringLinkMaxSeconds: word('longest expiring link (seconds)'),
  maxUploadBytes: word('largest upload (bytes)'),
  quotaBytes: word('quota (bytes)'),
  requestsPerMinute: word('requests per minute'),
  uploadsPerHour: word('uploads per hour'),
};

/** What an action of the log is called: `asked for new thumbnails`. One that is new here is shown by its own name. */
export function actionInWords(action: string, say: Say): string {
  return Object.hasOwn(actionWords, action) ? say(actionWords[action] ?? action) : action.replaceAll('_', ' ');
}

/** Who did it: nobody is named by a login that failed under no name, or by what the service does by itself. */
export function whoInWords(actorName: string, action: string, say: Say): string {
  return actorName || (action === 'login_failed' ? say('Somebody') : 'Darkroom');
}

/** `{field, from, to}` in words; a list that any page can show. */
export function changesInWords(changes: AuditChanges | null, say: Say): ChangeInText[] {
  return Object.entries(changes ?? {}).map(([field, { from, to }]) => ({
    field: Object.hasOwn(fields, field) ? say(fields[field] ?? field) : field,
    from: valueInWords(from, say),
    to: valueInWords(to, say),
  }));
}

function valueInWords(value: unknown, say: Say): string {
  if (value === undefined || value === null || value === '') return '–';
  if (typeof value === 'boolean') return value ? say('yes') : say('no');
  if (typeof value === 'number') return say.number(value);
  const text = Array.isArray(value) ? value.join(', ') : asText(value);
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text || '–';
}

function asText(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
