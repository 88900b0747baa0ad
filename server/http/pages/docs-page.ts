import { escapeHtml } from './escape-html.ts';
import { pageStyle } from './page-style.ts';

/** Everything comes from here; `blob:` is what the page makes of an image that it was given as an answer. */
export const docsPagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export const docsStyle = `${pageStyle}
html { scroll-padding-top: 4.5rem; }
@media (prefers-color-scheme: dark) { :root { --ground: #1c2022; --paper: #15191b; --line: #30363a; } }
header { position: sticky; top: 0; z-index: 10; display: flex; flex-wrap: wrap; gap: .6rem 1.4rem; align-items: center;
  justify-content: space-between; padding: .7rem 1.5rem; border-bottom: 1px solid var(--line); background: var(--paper); }
@media (max-width: 40rem) { header { position: static; } }
header .name { font-weight: 650; letter-spacing: -.01em; color: inherit; text-decoration: none; }
header form, header .who { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin: 0; font-size: .92rem; }
header [hidden] { display: none; }
header input { width: 11rem; padding: .38rem .6rem; border: 1px solid var(--line); border-radius: 6px; font: inherit;
  background: var(--ground); color: inherit; }
header button { padding: .4rem .9rem; border: 0; border-radius: 6px; font: inherit; font-weight: 600; cursor: pointer;
  background: var(--safelight); color: var(--on-safelight); }
header output { color: var(--safelight); }
.swagger-ui .scheme-container { margin: 0; padding: 0; background: none; box-shadow: none; }
.swagger-ui .scheme-container .schemes-server-container { display: none; }
.swagger-ui .info { margin: 2rem 0 1.4rem; }
.swagger-ui .info .title small { display: none; }
.swagger-ui .markdown p, .swagger-ui .markdown li { line-height: 1.6; }
html.dark-mode, html.dark-mode body { background: var(--ground); }
`;

export function docsPage({ path, assets }: { path: string; assets: Record<string, string> }): string {
  const address = (file: string) => escapeHtml(`${path}/docs/${file}?v=${assets[file] ?? ''}`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Darkroom: documentation</title>
<link rel="icon" href="${address('favicon-32x32.png')}">
<link rel="stylesheet" href="${address('swagger-ui.css')}">
<link rel="stylesheet" href="${address('page.css')}">
</head>
<body data-path="${escapeHtml(path)}">
<header>
<a class="name" href="${escapeHtml(path)}/"><span class="mark"></span>Darkroom</a>
<form id="login">
<input name="username" placeholder="Username" aria-label="Username" autocomplete="username" required>
<input name="password" type="password" placeholder="Password" aria-label="Password" autocomplete="current-password" required>
<button>Log in</button>
<output id="message" role="status"></output>
</form>
<div class="who" id="who" hidden><span></span><button type="button">Log out</button></div>
</header>
<main id="swagger"></main>
<noscript>The documentation needs JavaScript; <a href="${escapeHtml(path)}/openapi.json">openapi.json</a> does not.</noscript>
<script src="${address('swagger-ui-bundle.js')}"></script>
<script src="${address('page.js')}"></script>
</body>
</html>
`;
}

/** Runs in the browser. Tokens stay in this page's memory: they are gone when it is closed. */
export const docsScript = `'use strict';
(async () => {
  const path = document.body.dataset.path;
  const [form, who, message] = ['login', 'who', 'message'].map((id) => document.getElementById(id));
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const dress = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
  dark.addEventListener('change', dress);
  dress();

  const spec = await (await fetch(path + '/openapi.json')).json();
  spec.servers = [{ url: path || '/' }];
  const ui = SwaggerUIBundle({
    spec,
    dom_id: '#swagger',
    validatorUrl: null,
    queryConfigEnabled: false,
    deepLinking: true,
    docExpansion: 'list',
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    persistAuthorization: false,
  });

  let refresh;
  let timer;
  const post = async (address, fields) => {
    const answer = await fetch(path + address, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(fields),
    });
    const body = await answer.json();
    if (!answer.ok) throw new Error(body.detail);
    return body;
  };
  const use = (tokens) => {
    refresh = tokens.refresh;
    ui.preauthorizeApiKey('bearer', tokens.access);
    const ends = JSON.parse(atob(tokens.access.split('.')[1].replace(/-/g, '+').replace(/_/g, '/'))).exp * 1000;
    clearTimeout(timer);
    timer = setTimeout(again, Math.max(5000, ends - Date.now() - 60000));
  };
  const again = () => post('/token/refresh/', { refresh }).then(use, leave);
  const show = (name) => {
    form.hidden = Boolean(name);
    who.hidden = !name;
    who.firstElementChild.textContent = name ? 'Logged in as ' + name : '';
  };
  const leave = () => {
    clearTimeout(timer);
    ui.authActions.logout(['bearer']);
    show(null);
  };
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    message.value = '';
    const { username, password } = Object.fromEntries(new FormData(form));
    try {
      use(await post('/token/', { username, password }));
      form.reset();
      show(username);
    } catch (error) {
      message.value = error.message;
    }
  });
  who.lastElementChild.addEventListener('click', () => {
    post('/token/blacklist/', { refresh }).catch(() => {});
    leave();
  });
})();
`;
