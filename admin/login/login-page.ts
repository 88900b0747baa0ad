import { languages } from '../locale/languages.ts';
import type { Say } from '../locale/say-in.ts';
import { renderEntryPage } from '../page/entry-page.ts';
import { escapeHtml } from '../security/escape.ts';
import type { PanelPaths } from '../security/panel-paths.ts';

export interface LoginPage {
  /** A path that `PanelPaths.next` has passed. */
  next: string;
  /** What was typed before. */
  username?: string;
  message?: string;
  paths: PanelPaths;
  language: string;
  say: Say;
}

/** The login as a whole HTML page. */
export function renderLoginPage({ next, username = '', message, paths, language, say }: LoginPage): string {
  return renderEntryPage({
    language,
    title: say('Log in'),
    heading: say('Log in to the panel'),
    icon: `${paths.panel}/assets/mark.svg`,
    body: `<form method="post" action="${paths.login}/">
${message ? `<p class="error" role="alert" id="problem">${escapeHtml(message)}</p>` : ''}
<input type="hidden" name="next" value="${escapeHtml(next)}">
<label for="username">${escapeHtml(say('User name'))}</label>
<input id="username" name="username" value="${escapeHtml(username.slice(0, 150))}" autocomplete="username" autocapitalize="none"
 spellcheck="false" maxlength="150" required${username ? '' : ' autofocus'}${message ? ' aria-describedby="problem"' : ''}>
<label for="password">${escapeHtml(say('Password'))}</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="1024" required${username ? ' autofocus' : ''}>
<button type="submit">${escapeHtml(say('Log in'))}</button>
</form>
<p class="hint">${escapeHtml(say('For staff. Forgotten? Another administrator can give you a link to set a new password; so can this command on the server:'))}
<code>npm run manage -- passwordlink</code></p>
<form class="languages" method="post" action="${paths.panel}/language">
<input type="hidden" name="next" value="${escapeHtml(next)}">
${Object.entries(languages)
  .map(([code, { name }]) => languageButton(code, name, code === language))
  .join('\n')}
</form>`,
  });
}

function languageButton(code: string, name: string, isCurrent: boolean): string {
  return `<button name="language" value="${code}" lang="${code}"${isCurrent ? ' aria-current="true"' : ''}>${escapeHtml(name)}</button>`;
}
