/** What the design system expects of a page, and what its components leave to it. */
export const pageStyle = `
*,*::before,*::after{box-sizing:border-box}
html,body,#app{margin:0;padding:0;width:100%;height:100%}
body,h1,h2,h3,h4,h5,h6,p,ul,ol,li,dl,dd,figure,fieldset,table{margin:0;padding:0}
body{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;line-height:1.4;-webkit-font-smoothing:antialiased}
ul,ol{list-style:none}fieldset{border:0;min-width:0}legend{padding:0}
table{border-collapse:collapse;border-spacing:0}
h1,h2,h3,h4,h5,h6{font-weight:inherit;font-size:inherit}
a{color:inherit}button,input,select,textarea{font-family:inherit}
#app{isolation:isolate}
:root{color-scheme:light;--dr-ring:#b3361e66;background:#f6f4f1}
:root[data-theme=dark]{color-scheme:dark;--dr-ring:#ef7a5f77;background:#141211}
:focus-visible{outline:2px solid var(--dr-ring);outline-offset:2px}
@media (prefers-reduced-motion:reduce){*{transition:none!important;animation:none!important}}
`.trim();
