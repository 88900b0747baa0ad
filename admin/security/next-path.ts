/** Where the panel lives. Its links, cookies and redirects are relative to the origin. */
export const panelPath = '/admin';
export const loginPath = `${panelPath}/login`;
export const logoutPath = `${panelPath}/logout`;

const longestPath = 2_000;
const anywhere = 'http://panel.invalid';
const inside = new RegExp(`^${panelPath}(?:[/?#]|$)`);
const notAPage = new RegExp(`^${panelPath}/(?:login|logout|language|password|api|assets)(?:[/?#]|$)`);

/**
 * Where to go after the login: `next` when it is a page of the panel, else the panel's start. It never leaves the site:
 * an absolute address, `//host`, a backslash, a scheme, a control character or dots that climb out give the start
 * (OWASP ASVS 5.0, 1.2.2).
 */
export function nextPath(next: unknown): string {
  if (typeof next !== 'string' || next.length > longestPath || !isPlain(next) || !inside.test(next)) return panelPath;
  if (!URL.canParse(next, anywhere)) return panelPath;
  const resolved = new URL(next, anywhere);
  if (resolved.origin !== anywhere) return panelPath;
  const path = resolved.pathname + resolved.search + resolved.hash;
  return inside.test(path) && !path.startsWith('//') && !notAPage.test(path) ? path : panelPath;
}

/** The login page that comes back to `path` afterwards. */
export function loginPathFor(path: string): string {
  const next = nextPath(path);
  return next === panelPath ? `${loginPath}/` : `${loginPath}/?next=${encodeURIComponent(next)}`;
}

/** No backslash (browsers read it as a slash) and no control character (browsers drop them before they parse). */
function isPlain(text: string): boolean {
  return !text.includes('\\') && [...text].every((character) => character > ' ' && character !== '\u007f');
}
