// Loaded into the server's processes (`--import`): each fsync and fdatasync adds a byte to the file that
// DARKROOM_BENCH_SYNCS names, while there is one. Processes that it starts with Node are counted too.
import childProcess from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { fileURLToPath } from 'node:url';

const file = process.env.DARKROOM_BENCH_SYNCS ?? '';

function count() {
  try {
    const handle = fs.openSync(file, fs.constants.O_WRONLY | fs.constants.O_APPEND);
    fs.writeSync(handle, '.');
    fs.closeSync(handle);
  } catch {
    // Nobody counts now, or this process may not write files: then it has nothing to sync.
  }
}

function counted(owner, name) {
  const original = owner[name];
  owner[name] = function (...args) {
    count();
    return original.apply(this, args);
  };
}

for (const name of ['fsync', 'fdatasync', 'fsyncSync', 'fdatasyncSync']) counted(fs, name);
const handle = await fs.promises.open(fileURLToPath(import.meta.url));
for (const name of ['sync', 'datasync']) counted(Object.getPrototypeOf(handle), name);
await handle.close();

const { spawn, fork } = childProcess;
const own = ['--import', import.meta.url];
const isRestricted = (args) => args.some((arg) => /^--(experimental-)?permission/.test(arg));
childProcess.spawn = (command, args, options) => {
  if (command !== process.execPath || !Array.isArray(args) || isRestricted(args)) return spawn(command, args, options);
  const env = { ...(options?.env ?? process.env), DARKROOM_BENCH_SYNCS: file };
  return spawn(command, [...own, ...args], { ...options, env });
};
childProcess.fork = (module, args, options) => {
  const [given, settings] = Array.isArray(args) ? [args, options] : [[], args];
  const execArgv = settings?.execArgv ?? process.execArgv;
  if (isRestricted(execArgv) || execArgv.includes(import.meta.url)) return fork(module, given, settings);
  const env = { ...(settings?.env ?? process.env), DARKROOM_BENCH_SYNCS: file };
  return fork(module, given, { ...settings, execArgv: [...own, ...execArgv], env });
};
syncBuiltinESMExports();
