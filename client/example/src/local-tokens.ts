import type { TokenPair, TokenStore } from '@darkroom/client';

const key = 'contact-sheet-tokens';

/**
 * Tokens that all windows of this page share and that outlive them. Any script of the page can read them: keep scripts of
 * others out, as the policy of serve.mjs does, or use sessionStorage, which ends with the window.
 */
export const localTokens: TokenStore = {
  get: () => JSON.parse(localStorage.getItem(key) ?? 'null') as TokenPair | null,
  set: (pair) => {
    if (pair) localStorage.setItem(key, JSON.stringify(pair));
    else localStorage.removeItem(key);
  },
};

/** Calls when another window logs out. */
export function onLoggedOutElsewhere(call: () => void): void {
  window.addEventListener('storage', (event) => {
    if (event.key === key && event.newValue === null) call();
  });
}
