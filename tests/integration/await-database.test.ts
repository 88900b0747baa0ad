import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { awaitDatabase } from '../../server/db/await-database.ts';
import { freePort } from '../support/run-darkroom.ts';

const url = new URL(process.env.TEST_DATABASE_URL ?? '');
const logger = { warn() {} };

function at(port: number): string {
  const other = new URL(url);
  other.port = String(port);
  return other.href;
}

describe('waiting for the database', () => {
  it('ends when it comes up', async () => {
    const port = await freePort();
    const waiting = awaitDatabase({ url: at(port), logger });
    const proxy = createServer((socket) => {
      socket.on('error', () => {});
      socket.pipe(connect(Number(url.port), url.hostname)).pipe(socket);
    });
    setTimeout(() => proxy.listen(port, '127.0.0.1'), 700);
    await waiting;
    proxy.close();
  });

  it('ends when it does not come up in time, and says so', async () => {
    const waiting = awaitDatabase({ url: at(await freePort()), logger, waitMilliseconds: 500 });
    await expect(waiting).rejects.toMatchObject({
      name: 'StartupError',
      message: expect.stringContaining('does not answer (ECONNREFUSED)'),
    });
  });

  it('ends when somebody stops the program', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 200);
    const started = performance.now();
    await expect(awaitDatabase({ url: at(await freePort()), logger, signal: stop.signal })).rejects.toThrow(
      'not answer',
    );
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('does not wait for what will not pass', async () => {
    const wrong = new URL(url);
    wrong.pathname = '/no_such_database';
    await expect(awaitDatabase({ url: wrong.href, logger })).rejects.toThrow('"no_such_database" does not exist');
  });

  it('does not wait for ever on one that accepts and says nothing', async () => {
    // It reads, so that it learns of the end: a socket that nobody reads keeps the process from ending.
    const mute = createServer((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const { port } = mute.address() as { port: number };
    await expect(awaitDatabase({ url: at(port), logger, waitMilliseconds: 100 })).rejects.toThrow('does not answer');
    mute.close();
  });
});
