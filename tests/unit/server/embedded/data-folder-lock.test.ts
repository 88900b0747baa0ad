import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  acquireDataFolderLock,
  type DataFolderLock,
  type LockHolder,
  tryDataFolderLock,
} from '../../../../server/embedded/data-folder-lock.ts';
import { currentProcessIdentity } from '../../../../server/embedded/process-identity.ts';
import { projectRoot } from '../../../../server/project-root.ts';

const isLock = (result: DataFolderLock | LockHolder): result is DataFolderLock => 'release' in result;

describe('the lock of a data folder', () => {
  let directory: string;
  let children: ChildProcess[];
  const options = (purpose: string) => ({ directory, kind: 'server' as const, purpose });
  const acquire = (purpose: string) => acquireDataFolderLock({ ...options(purpose), waitForCommandsMilliseconds: 0 });

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'darkroom-lock-'));
    children = [];
  });
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    await rm(directory, { recursive: true });
  });

  async function writeHolder(change: Partial<LockHolder>): Promise<void> {
    const holder: LockHolder = {
      ...currentProcessIdentity(),
      kind: 'server',
      purpose: 'the old one',
      since: '2026-01-01T00:00:00.000Z',
      released: false,
      ...change,
    };
    await mkdir(join(directory, 'lock'));
    await writeFile(join(directory, 'lock', '7'), JSON.stringify(holder));
  }

  it('is refused while somebody holds it, and tells who', async () => {
    const lock = await acquire('the server at http://localhost:8000');
    await expect(acquire('me')).rejects.toMatchObject({
      name: 'StartupError',
      message: expect.stringMatching(
        new RegExp(`http://localhost:8000 \\(process ${process.pid}, since ${new Date().getUTCFullYear()}`),
      ),
    });
    await lock.release();
    await (await acquire('me')).release();
  });

  it('of a process that is gone is taken over', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    await writeHolder({ pid: child.pid });
    await (await acquire('me')).release();
  });

  it('of a process whose number is another one now is taken over', async () => {
    await writeHolder({ pid: process.pid, startedAt: '1' });
    await (await acquire('me')).release();
  });

  it('of a holder that cannot be looked up holds as long as it shows that it lives', async () => {
    await writeHolder({ pid: 1, namespace: 'another container' });
    const beat = setInterval(async () => {
      const file = join(directory, 'lock', '7');
      await writeFile(file, await readFile(file));
    }, 500);
    expect(isLock(await tryDataFolderLock(options('me')))).toBe(false);
    clearInterval(beat);
    const result = await tryDataFolderLock(options('me'));
    expect(isLock(result)).toBe(true);
  });

  it('waits for a command, not for a server', async () => {
    const command = await tryDataFolderLock({ directory, kind: 'command', purpose: 'a command' });
    const waiting = acquireDataFolderLock({ ...options('me'), waitForCommandsMilliseconds: 5_000 });
    setTimeout(() => isLock(command) && command.release(), 300);
    await (await waiting).release();
  });

  it('is given to one of many who start at once over a dead one', async () => {
    await writeHolder({ startedAt: '1' });
    const results = await Promise.all(Array.from({ length: 30 }, (_, at) => tryDataFolderLock(options(`${at}`))));
    expect(results.filter(isLock)).toHaveLength(1);
  });

  it('is given to one process at a time, however they come and go, killed or not', async () => {
    const script = join(directory, 'contender.mts');
    const log = join(directory, 'log');
    await writeFile(
      script,
      `import { appendFileSync } from 'node:fs';
       import { tryDataFolderLock } from '${projectRoot}/server/embedded/data-folder-lock.ts';
       for (;;) {
         const lock = await tryDataFolderLock({ directory: '${directory}', kind: 'server', purpose: 'contender' });
         if (!('release' in lock)) continue;
         appendFileSync('${log}', 'in ' + process.pid + '\\n');
         await new Promise((resolve) => setTimeout(resolve, Math.random() * 4));
         if (Math.random() < 0.03) process.kill(process.pid, 'SIGKILL');
         appendFileSync('${log}', 'out ' + process.pid + '\\n');
         await lock.release();
       }`,
    );
    const start = () => {
      const child = spawn(process.execPath, ['--import', 'tsx', script], { cwd: projectRoot, stdio: 'ignore' });
      children.push(child);
      return child;
    };
    const respawning = [1, 2, 3].map(async () => {
      for (const end = Date.now() + 6_000; Date.now() < end; )
        await Promise.race([once(start(), 'exit'), pause(6_000)]);
    });
    await Promise.all(respawning);
    for (const child of children) child.kill('SIGKILL');

    const lines = (await readFile(log, 'utf8')).trim().split('\n');
    const killed = new Set(children.map((child) => `${child.pid}`));
    let inside: string | null = null;
    for (const line of lines) {
      const [what, pid = ''] = line.split(' ');
      if (what === 'in') {
        // Whoever was inside without leaving must have been killed there: it never says anything again.
        if (inside !== null) killed.delete(inside);
        inside = pid;
      } else {
        expect(pid).toBe(inside);
        inside = null;
      }
      expect(killed).toContain(pid);
    }
    expect(lines.length).toBeGreaterThan(50);
    expect((await readdir(join(directory, 'lock'))).filter((name) => /^\d+$/.test(name)).length).toBeLessThanOrEqual(2);
  });
});

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
