import type { RequestHandler } from 'express';
import { withoutFinalSlashes } from '../../core/without-final-slashes.ts';

/** Where the panel is, as a browser sees it: relative to the origin, with the path that PUBLIC_URL has. */
export interface PanelPaths {
  /** Of PUBLIC_URL: `/photos`; empty for most. */
  site: string;
  /** `/photos/admin`. */
  panel: string;
  login: string;
  logout: string;
  /**
   * Where to go after the login: `next` when it is a page of the panel, else the panel's start. It never leaves the
   * site: an absolute address, `//host`, a backslash, a scheme, a control character or dots that climb out give the
   * start (OWASP ASVS 5.0, 1.2.2).
   */
  next(next: unknown): string;
  /** The login page that comes back to `path` afterwards. */
  loginFor(path: string): string;
}

const longestPath = 2_000;
const anywhere = 'http://panel.invalid';
const noPages = new Set(['login', 'logout', 'language', 'password', 'api', 'assets']);

export function createPanelPaths(publicUrl: string): PanelPaths {
  const site = withoutFinalSlashes(new URL(publicUrl).pathname);
  const panel = `${site}/admin`;
  const login = `${panel}/login`;

  /** The first folder below the panel's path; undefined outside of it. */
  const placeOf = (path: string) => {
    const rest = path.slice(panel.length);
    if (!path.startsWith(panel) || !/^(?:[/?#]|$)/.test(rest)) return undefined;
    return /^\/([^/?#]*)/.exec(rest)?.[1] ?? '';
  };
  const next = (given: unknown): string => {
    if (typeof given !== 'string' || given.length > longestPath || !isPlain(given)) return panel;
    if (placeOf(given) === undefined || !URL.canParse(given, anywhere)) return panel;
    const resolved = new URL(given, anywhere);
    if (resolved.origin !== anywhere) return panel;
    const path = resolved.pathname + resolved.search + resolved.hash;
    const place = placeOf(path);
    return place === undefined || path.startsWith('//') || noPages.has(place) ? panel : path;
  };
  const loginFor = (path: string) => {
    const wanted = next(path);
    return wanted === panel ? `${login}/` : `${login}/?next=${encodeURIComponent(wanted)}`;
  };
  return { site, panel, login, logout: `${panel}/logout`, next, loginFor };
}

/**
 * The proxy that serves a site under a path takes the path away. `originalUrl` gets it back, so that whatever compares
 * addresses (the session's cookie does) sees what the browser sees.
 */
export function outwardUrl({ site }: PanelPaths): RequestHandler {
  return (req, _res, next) => {
    req.originalUrl = site + req.originalUrl;
    next();
  };
}

/** No backslash (browsers read it as a slash) and no control character (browsers drop them before they parse). */
function isPlain(text: string): boolean {
  return !text.includes('\\') && [...text].every((character) => character > ' ' && character !== '\u007f');
}
