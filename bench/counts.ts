import { existsSync, statSync } from 'node:fs';
import { open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from './bench.ts';
import { syncsFile } from './service.ts';

/** What one request asks of the database and the disk; exact, whatever else the machine does. */
export interface Counts {
  /** Each is a way to PostgreSQL and back: BEGIN and COMMIT too. */
  statements: number;
  /** Transactions that wrote, each of which waits for the log on the disk. */
  commits: number;
  /** fsync and fdatasync of the server and the function; PostgreSQL's own come on top, one for each commit at most. */
  syncs: number;
}

/** Effects that nobody waits for, such as the settling of a result, are over by then. */
const settleMilliseconds = 100;
const rounds = 5;

/** A line of PostgreSQL's log for a statement, with the lines that it goes on in. Names of statements may have colons. */
const logged =
  /^\d{4}-\d\d-\d\d \S+ \S+ \[\d+\] LOG: {2}(?:statement|execute \S+): ([^\n]*(?:\n(?!\d{4}-\d\d-\d\d )[^\n]*)*)/gm;

interface Seen {
  texts: string[];
  commits: number;
  syncs: number;
}

/** Calls `work` while PostgreSQL writes each statement to its log. */
export async function whileCounting<T>(bench: Bench, work: (counter: Counter) => Promise<T>): Promise<T> {
  const log = join(bench.service.dataDirectory, 'postgres/postgres.log');
  const setting = async (value: 'all' | 'none') => {
    await bench.sql(`ALTER SYSTEM SET log_statement = '${value}'`);
    await bench.sql('SELECT pg_reload_conf()');
    await sleep(300);
  };
  await setting('all');
  await writeFile(syncsFile(bench.service), '');
  try {
    return await work(createCounter(bench, log));
  } finally {
    await rm(syncsFile(bench.service), { force: true });
    await setting('none');
  }
}

export interface Counter {
  /** The least of several requests: background work falls into some of them, and who waits may be woken twice. */
  count(act: () => Promise<void>): Promise<Counts>;
  /** The texts of one request's statements, in their order. */
  statements(act: () => Promise<void>): Promise<string[]>;
}

function createCounter(bench: Bench, log: string): Counter {
  const writers = async () => {
    const [row] = await bench.sql<{ next: string }>('SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS next');
    return Number(row?.next);
  };
  const syncs = () => (existsSync(syncsFile(bench.service)) ? statSync(syncsFile(bench.service)).size : 0);
  const one = async (act: () => Promise<void>): Promise<Seen> => {
    const from = statSync(log).size;
    const [writersBefore, syncsBefore] = [await writers(), syncs()];
    await act();
    await bench.settled();
    await sleep(settleMilliseconds);
    const commits = (await writers()) - writersBefore;
    const text = await readFrom(log, from);
    return {
      texts: [...text.matchAll(logged)].map(([, sql = '']) => sql.trim()),
      commits,
      syncs: syncs() - syncsBefore,
    };
  };
  return {
    count: async (act) => {
      const all: Seen[] = [];
      for (let round = 0; round < rounds; round += 1) all.push(await one(act));
      const least = (values: number[]) => Math.min(...values);
      return {
        statements: least(all.map(({ texts }) => texts.length)),
        commits: least(all.map(({ commits }) => commits)),
        syncs: least(all.map(({ syncs }) => syncs)),
      };
    },
    statements: async (act) => (await one(act)).texts,
  };
}

async function readFrom(file: string, position: number): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const { buffer } = await handle.read(Buffer.alloc(size - position), 0, size - position, position);
    return buffer.toString();
  } finally {
    await handle.close();
  }
}
