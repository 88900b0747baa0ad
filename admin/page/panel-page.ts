import { combineStyles } from '@adminjs/design-system';
import { type AdminJS, type CurrentAdmin, initializeStore } from 'adminjs';
import type { PanelAssets } from '../assets/panel-assets.ts';
import { productName } from '../brand.ts';
import { translateState } from '../locale/translate-state.ts';
import { scriptJson } from '../security/escape.ts';
import type { PanelUser } from '../session/panel-user.ts';
import { darkTheme, lightTheme } from '../theme.ts';
import { pageStyle } from './page-style.ts';

export interface PanelPage {
  admin: AdminJS;
  user: PanelUser;
  nonce: string;
  assets: Pick<PanelAssets, 'scripts' | 'style' | 'mark'>;
}

const themes = scriptJson({ light: combineStyles(lightTheme), dark: combineStyles(darkTheme) });

/**
 * The page that AdminJS's own application runs in. Not AdminJS's template: that one loads fonts from another host, has
 * inline scripts without a nonce, and writes what it is given into them unescaped.
 */
export async function renderPanelPage({ admin, user, nonce, assets }: PanelPage): Promise<string> {
  const [scripts, style] = [assets.scripts(), assets.style()];
  const store = await initializeStore(admin, user as unknown as CurrentAdmin);
  const state = translateState(store.getState(), user.language, user.say);
  return `<!doctype html>
<html lang="${user.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${productName}</title>
<link rel="icon" href="${assets.mark()}" type="image/svg+xml">
<script nonce="${nonce}">
(function () {
  var chosen = null;
  try { chosen = localStorage.getItem('darkroom-theme'); } catch (error) { chosen = null; }
  var dark = chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  var themes = ${themes};
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  window.THEME = dark ? themes.dark : themes.light;
  for (var name in THEME.colors) document.documentElement.style.setProperty('--' + name, THEME.colors[name]);
  window.REDUX_STATE = ${scriptJson(state)};
  window.THEME_COMPONENTS = {};
  window.AdminJS = { Components: {} };
})();
</script>
<style>${pageStyle}</style>
<link rel="stylesheet" href="${style}">
</head>
<body>
<div id="app"></div>
<noscript>${user.say('The panel needs JavaScript.')}</noscript>
${scripts.map((address) => `<script nonce="${nonce}" src="${address}"></script>`).join('\n')}
<script nonce="${nonce}">createRoot(document.getElementById('app')).render(AdminJS.Application);</script>
</body>
</html>`;
}
