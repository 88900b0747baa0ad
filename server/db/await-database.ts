import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from 'pino';
import { StartupError } from '../process/startup-error.ts';

export interface AwaitDatabaseOptions {
  url: string;
  logger: Pick<Logger, 'warn'>;
  /** Ends the waiting. */
  signal?: AbortSignal;
  waitMilliseconds?: number;
}

const leastVersion = 140_000;

/**
 * Waits until the database answers: containers start in any order. Rejects with a StartupError when it lets us not in,
 * when it is too old, and when it does not answer in time.
 */
export async function awaitDatabase(options: AwaitDatabaseOptions): Promise<void> {
  const { url, logger, signal, waitMilliseconds = 120_000 } = options;
  const deadline = Date.now() + waitMilliseconds;
  let told = 0;
  for (;;) {
    const failure = await connectOnce(url).then(
      () => null,
      (error: Error & { code?: string }) => error,
    );
    if (failure === null) return;
    if (failure instanceof StartupError) throw failure;
    if (!willPass(failure.code)) {
      throw new StartupError(`The database of DATABASE_URL refuses: ${failure.message}.`);
    }
    if (Date.now() > deadline || signal?.aborted) {
      throw new StartupError(`The database of DATABASE_URL does not answer (${reason(failure)}). Is it running?`);
    }
    if (Date.now() - told > 10_000) {
      logger.warn({ reason: reason(failure) }, 'waiting for the database');
      told = Date.now();
    }
    await sleep(300, undefined, { signal }).catch(() => {});
  }
}

async function connectOnce(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 4_000, query_timeout: 4_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query('SHOW server_version_num');
    if (Number(rows[0]?.server_version_num) < leastVersion) {
      throw new StartupError('The database of DATABASE_URL is too old: Darkroom needs PostgreSQL 14 or newer.');
    }
  } finally {
    client.end().catch(() => {});
  }
}

/** Codes of PostgreSQL have five signs: only those of starting, stopping and being full pass; the network's all do. */
function willPass(code: string | undefined): boolean {
  if (code === undefined || !/^[0-9A-Z]{5}$/.test(code)) return true;
  return code.startsWith('57P') || code.startsWith('53') || code.startsWith('08');
}

function reason(error: Error & { code?: string }): string {
  return error.code ?? error.message;
}
