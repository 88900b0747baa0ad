import { markSvg } from '../brand.ts';
import { entryStyle } from '../login/login-page.ts';
import { escapeHtml } from '../security/escape.ts';

/** By field, or about the whole form. */
export interface PasswordFaults {
  password?: string;
  passwordAgain?: string;
  form?: string;
}

/** Two fields for a new password, as a whole HTML page: no script, and every address relative to the link's own. */
export function renderPasswordForm({ username, faults = {} }: { username: string; faults?: PasswordFaults }): string {
  return page(
    'Set your password',
    `<h1>Set your password</h1>
<p>For the user <strong>${escapeHtml(username)}</strong>.</p>
<form method="post" novalidate>
${faults.form ? `<p class="error" role="alert">${escapeHtml(faults.form)}</p>` : ''}
<input type="text" name="username" value="${escapeHtml(username)}" autocomplete="username" readonly hidden>
${passwordField('password', 'New password', faults.password, 'rules', !faults.passwordAgain)}
<p class="hint" id="rules">At least 12 characters; not the user name, not a common password. All sessions and tokens of this user end.</p>
${passwordField('passwordAgain', 'New password again', faults.passwordAgain, '', Boolean(faults.passwordAgain))}
<button type="submit">Set the password</button>
</form>`,
  );
}

/** What comes after it: where this person can log in now. */
export function renderPasswordSet({ username, isStaff }: { username: string; isStaff: boolean }): string {
  const where = isStaff
    ? '<p><a href="../login/">Log in to the panel</a></p>'
    : '<p>Log in with it in the app or the program that you upload with. <a href="../../docs">How programs log in</a></p>';
  return page(
    'The password is set',
    `<h1>The password is set</h1>
<p role="status">The user <strong>${escapeHtml(username)}</strong> has the new password. The link works no more.</p>
${where}`,
  );
}

/** A link that sets nothing, or too many tries. */
export function renderPasswordRefusal(message: string): string {
  return page(
    'No password to set here',
    `<h1>No password to set here</h1>\n<p role="alert">${escapeHtml(message)}</p>`,
  );
}

function passwordField(name: string, label: string, fault: string | undefined, help: string, isFirst: boolean): string {
  const describedBy = [fault ? `${name}-fault` : '', help].join(' ').trim();
  return `<label for="${name}">${label}</label>
<input id="${name}" name="${name}" type="password" autocomplete="new-password" maxlength="2048" required${isFirst ? ' autofocus' : ''}${
    fault ? ' aria-invalid="true"' : ''
  }${describedBy ? ` aria-describedby="${describedBy}"` : ''}>
${fault ? `<p class="error" role="alert" id="${name}-fault">${escapeHtml(fault)}</p>` : ''}`;
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>${title} · Darkroom</title>
<link rel="icon" href="../assets/mark.svg" type="image/svg+xml">
<style>${entryStyle}${ownStyle}</style>
</head>
<body>
<main>
<div class="brand">${markSvg}<span>Darkroom</span></div>
${body}
</main>
</body>
</html>`;
}

const ownStyle = `
h1{margin-bottom:10px}
main>p{margin:0 0 8px;overflow-wrap:anywhere}
a{color:var(--accent)}
form .hint{margin:8px 0 0}
form .error{margin:8px 0 0}
`;
