import { checkNodeVersion } from './node-version.mjs';

checkNodeVersion();
process.env.NODE_ENV ??= 'production';
process.setSourceMapsEnabled(true);
const { buildMissing } = await import('./build.mjs');
await buildMissing(['server', 'lambda']);
await import('../build/server/manage.js');
