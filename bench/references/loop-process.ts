/** The one thing that a request cannot do without, alone and over and over: decoding, hashing a password, reading rows. */
import { readFileSync } from 'node:fs';
import { verify } from '@node-rs/argon2';
import pg from 'pg';
import sharp from 'sharp';
import { repeatInLanes } from '../load/job.ts';

export type Loop =
  | { kind: 'sharp'; file: string; heights: readonly number[] }
  | { kind: 'argon2'; hash: string; password: string }
  | { kind: 'rows'; databaseUrl: string; text: string; values: readonly unknown[] };

export interface LoopJob {
  loop: Loop;
  lanes: number;
  seconds: number;
}

type Work = { act(lane: number): Promise<void>; end(): Promise<void> };
const nothing = async () => {};

/** One decode for all heights, the smaller ones from the pixels of the larger. */
function decoding(file: string, heights: readonly number[]): Work {
  sharp.concurrency(1);
  sharp.cache(false);
  const bytes = readFileSync(file);
  const falling = heights.toSorted((a, b) => b - a);
  const act = async () => {
    let source = sharp(bytes, { autoOrient: true });
    for (const height of falling) {
      const { data, info } = await source.resize({ height }).raw().toBuffer({ resolveWithObject: true });
      const raw = { width: info.width, height: info.height, channels: info.channels };
      await sharp(data, { raw }).jpeg({ quality: 80 }).toBuffer();
      source = sharp(data, { raw });
    }
  };
  return { act, end: nothing };
}

/** Columns as PostgreSQL sends them: a date is made of none. */
const asText = { getTypeParser: () => (value: string) => value };

async function reading(databaseUrl: string, text: string, values: readonly unknown[], lanes: number): Promise<Work> {
  const clients = Array.from({ length: lanes }, () => new pg.Client(databaseUrl));
  await Promise.all(clients.map((client) => client.connect()));
  return {
    act: async (lane) => {
      await clients[lane]?.query({ name: 'rows', text, values: [...values], types: asText });
    },
    end: async () => {
      await Promise.all(clients.map((client) => client.end()));
    },
  };
}

async function open({ loop, lanes }: LoopJob): Promise<Work> {
  if (loop.kind === 'sharp') return decoding(loop.file, loop.heights);
  if (loop.kind === 'rows') return reading(loop.databaseUrl, loop.text, loop.values, lanes);
  const act = async () => {
    if (!(await verify(loop.hash, loop.password))) throw new Error('the password does not fit');
  };
  return { act, end: nothing };
}

async function run(job: LoopJob) {
  const { act, end } = await open(job);
  await act(0);
  const result = await repeatInLanes(job, act);
  await end();
  return result;
}

process.on('message', (job: LoopJob) => {
  run(job).then(
    (result) => process.send?.({ result }),
    (error: Error) => process.send?.({ error: error.message }),
  );
});
process.on('disconnect', () => process.exit());
