import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from 'pino';

export interface ListenDeps {
  url: string;
  /** A name of letters and underscores. */
  channel: string;
  onMessage(payload: string): void;
  /**
   * The connection stands, for the first time or again. What was sent while it did not is lost: this is where to catch
   * up. No message arrives before it resolves; when it rejects, the connection is made anew.
   */
  onConnected(): Promise<void>;
  logger: Logger;
}

const pingMs = 20_000;
const answerMs = 5_000;
const firstDelayMs = 250;
const maxDelayMs = 10_000;

/**
 * LISTEN on a connection of its own, for as long as the server runs: a connection that breaks, or only goes silent, is
 * made anew.
 */
export function createListen({ url, channel, onMessage, onConnected, logger }: ListenDeps) {
  const stopping = new AbortController();
  let isConnected = false;
  let running: Promise<void> = Promise.resolve();

  async function keepListening(): Promise<void> {
    let delayMs = firstDelayMs;
    while (!stopping.signal.aborted) {
      try {
        await listenOnce(() => {
          delayMs = firstDelayMs;
        });
      } catch (error) {
        if (stopping.signal.aborted) return;
        if (isConnected || delayMs === firstDelayMs) logger.warn({ err: error, channel }, 'listening again soon');
      }
      isConnected = false;
      await pause(delayMs * (0.75 + Math.random() / 2), stopping.signal);
      delayMs = Math.min(delayMs * 2, maxDelayMs);
    }
  }

  /** Resolves or rejects when the connection is over. */
  async function listenOnce(onStanding: () => void): Promise<void> {
    const client = new pg.Client({
      connectionString: url,
      application_name: 'darkroom listen',
      connectionTimeoutMillis: answerMs,
      query_timeout: answerMs,
      keepAlive: true,
    });
    let pending: string[] | null = [];
    let end = () => {};
    const over = new Promise<void>((resolve, reject) => {
      end = resolve;
      client.on('error', reject);
      client.on('end', end);
      stopping.signal.addEventListener('abort', end, { once: true });
    });
    // Whoever waits for it comes later; until then it must not count as unhandled.
    over.catch(() => {});
    client.on('notification', ({ payload = '' }) => (pending ? pending.push(payload) : onMessage(payload)));
    let ping: NodeJS.Timeout | undefined;
    try {
      await client.connect();
      await client.query(`LISTEN ${channel}`);
      await onConnected();
      const missed = pending;
      pending = null;
      for (const payload of missed) onMessage(payload);
      isConnected = true;
      onStanding();
      const silent = new Promise<void>((_, reject) => {
        ping = setInterval(() => client.query('SELECT 1').catch(reject), pingMs);
      });
      await Promise.race([over, silent]);
    } finally {
      clearInterval(ping);
      stopping.signal.removeEventListener('abort', end);
      // A connection that is broken may never say goodbye.
      await Promise.race([client.end().catch(() => {}), pause(1_000)]);
    }
  }

  return {
    start: () => {
      running = keepListening();
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
    isConnected: () => isConnected,
  };
}

async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { ref: false, signal }).catch(() => {});
}
