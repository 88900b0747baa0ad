import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { buildMissing } from './build.mjs';
import { startThrowaway } from './throwaway-service.mjs';

// Runs a command beside a throwaway instance that has an account of the Enterprise tier. In the command, `{url}`,
// `{username}` and `{password}` stand for those. Ends with the command's own exit code.
const username = 'visitor';
const password = 'a visitor for one minute';
await buildMissing();
const service = await startThrowaway();
try {
  await service.createUser(username, 'Enterprise', password);
  const values = { url: service.url, username, password };
  const [command, ...args] = process.argv
    .slice(2)
    .map((arg) => arg.replaceAll(/\{(url|username|password)\}/g, (_, name) => values[name]));
  const child = spawn(command, args, { stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  process.exitCode = code ?? 1;
} finally {
  await service.stop();
}
