import Module, { register } from 'node:module';

// dependency-cruiser tells type imports from others by TypeScript's compiler API, which TypeScript 7 does not have;
// it looks for the compiler by require and by import.
const compilerWithApi = 'typescript-api';
const resolveFilename = Module._resolveFilename;
Module._resolveFilename = (request, ...rest) =>
  resolveFilename(request.replace(/^typescript(?=\/|$)/, compilerWithApi), ...rest);
register(
  `data:text/javascript,${encodeURIComponent(`
    export function resolve(specifier, context, next) {
      return next(specifier === 'typescript' ? '${compilerWithApi}' : specifier, context);
    }`)}`,
);

process.argv = [
  ...process.argv.slice(0, 2),
  ...['core', 'server', 'admin', 'lambda', 'client', 'bench', 'tests', 'tools'],
  ...['--config', '.dependency-cruiser.mjs'],
];
await import('../node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
