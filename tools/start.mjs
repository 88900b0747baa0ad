import { checkNodeVersion } from './node-version.mjs';

checkNodeVersion();
process.env.NODE_ENV ??= 'production';
process.setSourceMapsEnabled(true);
const { buildMissing } = await import('./build.mjs');
await buildMissing();
await import('../build/server/main.js');
