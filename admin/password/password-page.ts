import type { Say } from '../locale/say-in.ts';
import { renderEntryPage } from '../page/entry-page.ts';
import { escapeHtml } from '../security/escape.ts';

/** By field. */
export interface PasswordFaults {
  password?: string;
  passwordAgain?: string;
}

interface Spoken {
  language: string;
  say: Say;
}

interface PasswordForm extends Spoken {
  username: string;
  faults?: PasswordFaults;
}

/** Two fields for a new password, as a whole HTML page: no script, and every address relative to the link's own. */
export function renderPasswordForm({ username, faults = {}, ...spoken }: PasswordForm): string {
  const { say } = spoken;
  const rules = say(
    'At least 12 characters; not the user name, not a common password. All sessions and tokens of this user end.',
  );
  const first = {
    name: 'password',
    label: say('New password'),
    fault: faults.password,
    help: 'rules',
    isFirst: !faults.passwordAgain,
  };
  const second = {
    name: 'passwordAgain',
    label: say('New password again'),
    fault: faults.passwordAgain,
    help: '',
    isFirst: Boolean(faults.passwordAgain),
  };
  return page(
    say('Set your password'),
    `<p>${escapeHtml(say('For the user {{name}}.', { name: username }))}</p>
<form method="post" novalidate>
<input type="text" name="username" value="${escapeHtml(username)}" autocomplete="username" readonly hidden>
${passwordField(first)}
<p class="hint" id="rules">${escapeHtml(rules)}</p>
${passwordField(second)}
<button type="submit">${escapeHtml(say('Set the password'))}</button>
</form>`,
    spoken,
  );
}

/** What comes after it: where this person can log in now. */
export function renderPasswordSet({ username, isStaff, ...spoken }: Spoken & { username: string; isStaff: boolean }) {
  const { say } = spoken;
  const where = isStaff
    ? `<p><a href="../login/">${escapeHtml(say('Log in to the panel'))}</a></p>`
    : `<p>${escapeHtml(say('Log in with it in the app or the program that you upload with.'))}
<a href="../../docs">${escapeHtml(say('How programs log in'))}</a></p>`;
  return page(
    say('The password is set'),
    `<p role="status">${escapeHtml(say('The user {{name}} has the new password. The link works no more.', { name: username }))}</p>
${where}`,
    spoken,
  );
}

/** A link that sets nothing, or too many tries. */
export function renderPasswordRefusal({ message, ...spoken }: Spoken & { message: string }): string {
  return page(spoken.say('No password to set here'), `<p role="alert">${escapeHtml(message)}</p>`, spoken);
}

interface PasswordField {
  name: string;
  label: string;
  fault: string | undefined;
  /** The id of a help. */
  help: string;
  isFirst: boolean;
}

function passwordField({ name, label, fault, help, isFirst }: PasswordField): string {
  const describedBy = [fault ? `${name}-fault` : '', help].join(' ').trim();
  return `<label for="${name}">${escapeHtml(label)}</label>
<input id="${name}" name="${name}" type="password" autocomplete="new-password" maxlength="2048" required${isFirst ? ' autofocus' : ''}${
    fault ? ' aria-invalid="true"' : ''
  }${describedBy ? ` aria-describedby="${describedBy}"` : ''}>
${fault ? `<p class="error" role="alert" id="${name}-fault">${escapeHtml(fault)}</p>` : ''}`;
}

/** Every address is relative to the link's own. */
function page(title: string, body: string, { language }: Spoken): string {
  return renderEntryPage({ language, title, icon: '../assets/mark.svg', body, style: ownStyle });
}

const ownStyle = `
h1{margin-bottom:10px}
main>p{margin:0 0 8px;overflow-wrap:anywhere}
a{color:var(--accent)}
form .hint{margin:8px 0 0}
form .error{margin:8px 0 0}
`;
