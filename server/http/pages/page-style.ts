/** The colours of the service's own pages, light and dark. */
export const pageStyle = `
:root { color-scheme: light dark; --ground: #f6f5f2; --paper: #fff; --ink: #1d1b19; --quiet: #6a645d; --line: #e2ded7;
  --safelight: #b3261e; --on-safelight: #fff; --code: #f1efea; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #141210; --paper: #1e1b18; --ink: #ece7e1; --quiet: #a39b92; --line: #35302b;
    --safelight: #ff6b5e; --on-safelight: #2a0805; --code: #141210; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
a { color: var(--safelight); text-underline-offset: .18em; }
:focus-visible { outline: 2px solid var(--safelight); outline-offset: 2px; border-radius: 4px; }
.mark { display: inline-block; width: .78em; height: .78em; margin-right: .42em; border-radius: 50%;
  background: var(--safelight); }
`;
