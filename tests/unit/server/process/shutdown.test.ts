import { once } from 'node:events';
import { Agent, createServer, get, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createShutdown, drainHttpServer } from '../../../../server/process/shutdown.ts';

const logger = { info() {}, error() {} };
const noHurry = new AbortController().signal;

describe('shutdown', () => {
  it('closes once, the last opened first', async () => {
    const shutdown = createShutdown({ logger });
    const closed: string[] = [];
    for (const name of ['lock', 'database', 'requests']) {
      shutdown.add(name, async () => {
        closed.push(name);
      });
    }
    await Promise.all([shutdown.run('one'), shutdown.run('two')]);
    expect(closed).toEqual(['requests', 'database', 'lock']);
  });

  it('goes on past a closer that fails or hangs', async () => {
    const failures: unknown[] = [];
    const watched = { info() {}, error: (fields: unknown) => failures.push(fields) };
    const shutdown = createShutdown({ logger: watched, closerMilliseconds: 50 });
    let isClosed = false;
    shutdown.add('first', async () => {
      isClosed = true;
    });
    shutdown.add('fails', () => Promise.reject(new Error('no')));
    shutdown.add('hangs', () => new Promise(() => {}));
    await shutdown.run('test');
    expect(isClosed).toBe(true);
    expect(failures).toMatchObject([{ name: 'hangs' }, { name: 'fails' }]);
  });

  it('waits for a start under way, and closes what that opened', async () => {
    const shutdown = createShutdown({ logger });
    let isClosed = false;
    shutdown.after(
      sleep(50).then(() => {
        shutdown.add('late', async () => {
          isClosed = true;
        });
        throw new Error('stopped');
      }),
    );
    await shutdown.run('test');
    expect(isClosed).toBe(true);
  });

  it('tells when it begins, and when somebody is in a hurry', () => {
    const shutdown = createShutdown({ logger });
    shutdown.run('one');
    expect([shutdown.stopping.aborted, shutdown.hurry.aborted]).toEqual([true, false]);
    shutdown.run('two');
    expect(shutdown.hurry.aborted).toBe(true);
  });
});

describe('draining a server', () => {
  let server: Server;
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  async function serve(handler: RequestListener): Promise<string> {
    server = createServer(handler);
    server.keepAliveTimeout = 60_000;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it('lets a running request end, and closes connections that are only kept open', async () => {
    const url = await serve((_req, res) => void setTimeout(() => res.end('whole'), 300));
    const agent = new Agent({ keepAlive: true });
    const answer = new Promise<string>((resolve, reject) => {
      get(url, { agent }, async (res) => resolve((await res.toArray()).join(''))).on('error', reject);
    });
    await sleep(50);
    const started = performance.now();
    await drainHttpServer(server, { graceMilliseconds: 10_000, hurry: noHurry });
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(await answer).toBe('whole');
    await expect(fetch(url)).rejects.toThrow();
    agent.destroy();
  });

  it('cuts off what does not end within the grace', async () => {
    const url = await serve(() => {});
    const answer = expect(fetch(url)).rejects.toThrow();
    await sleep(50);
    await drainHttpServer(server, { graceMilliseconds: 100, hurry: noHurry });
    await answer;
  });

  it('cuts everything off for somebody in a hurry', async () => {
    const url = await serve(() => {});
    const answer = expect(fetch(url)).rejects.toThrow();
    await sleep(50);
    const hurry = new AbortController();
    setTimeout(() => hurry.abort(), 50);
    await drainHttpServer(server, { graceMilliseconds: 60_000, hurry: hurry.signal });
    await answer;
  });
});
