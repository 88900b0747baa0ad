import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fillAccount, openBench } from '../bench.ts';
import { cores } from '../machine.ts';
import { median } from '../measure.ts';
import { proportionalBytes, resetPeak, residentBytes } from '../processes.ts';
import { loopReference } from '../references/references.ts';
import { newDataFolder, removeFolder, startService } from '../service.ts';
import { asking, uploadOf } from './requests.ts';
import { type Line, lineOf, type Row, type RowResult } from './row.ts';

const megabyte = 2 ** 20;

const only = (lines: Line[]): Omit<RowResult, 'name' | 'title'> => ({
  lines,
  p50: null,
  p95: null,
  processor: null,
  counts: null,
});

/** Milliseconds that sharp alone takes for each height more. */
async function sharpForEachFurther(file: string, few: number[], many: number[], seconds: number): Promise<number> {
  const times: number[] = [];
  for (const heights of [few, many]) {
    const alone = await loopReference('sharp alone', { kind: 'sharp', file, heights });
    times.push((await alone.run({ clients: 1, seconds: 2 * seconds })).p50);
    await alone.stop();
  }
  const [less = 0, more = 0] = times;
  return (more - less) / (many.length - few.length);
}

/** What no single request shows. */
export const wholeRows: Row[] = [
  {
    name: 'heights',
    title: 'each further height of a 12-megapixel picture',
    prepare: null,
    measure: async (bench, { repeats, seconds }) => {
      const few = [200, 400];
      const many = [200, 400, 300, 500, 600, 700];
      const measured: { wait: number; function: number }[][] = [[], []];
      const owners = [await bench.account(await bench.tier(few)), await bench.account(await bench.tier(many))];
      for (let round = 0; round < 2 * repeats; round += 1) {
        for (const [at, owner] of owners.entries()) {
          const before = bench.service.processorTime();
          const run = asking(bench, [uploadOf(owner, bench.pictures.large, { prefer: 'wait=30' })], {
            thenFetchThumbnails: true,
          });
          const { p50, count } = await run({ clients: 1, seconds: 60, most: 4 });
          await bench.settled();
          const used = (bench.service.processorTime().function - before.function) / count;
          // The first ones warm up.
          if (round > 0) measured[at]?.push({ wait: p50, function: used });
        }
      }
      const of = (at: number, key: 'wait' | 'function') => median((measured[at] ?? []).map((one) => one[key]));
      const each = (key: 'wait' | 'function') => (of(1, key) - of(0, key)) / (many.length - few.length);
      const reference = await sharpForEachFurther(bench.pictures.large, few, many, seconds);
      return only([
        lineOf('wait', each('wait'), 'ms', { atMost: 3, reference }),
        lineOf('processor of the function', each('function'), 'ms', { reference }),
      ]);
    },
  },
  {
    name: 'me-with-many',
    title: '/me with 100,000 images, against an account with none',
    prepare: null,
    measure: async (bench, { repeats, seconds }) => {
      const [many, none] = [await bench.account(), await bench.account()];
      await fillAccount(bench, many, 100_000);
      const times: number[][] = [[], []];
      for (let repeat = 0; repeat < repeats; repeat += 1) {
        for (const [at, owner] of [many, none].entries()) {
          const run = asking(bench, [{ method: 'GET', path: '/me', headers: owner.headers, status: 200 }]);
          times[at]?.push((await run({ clients: 1, seconds })).p50);
        }
      }
      const [value = 0, reference = 0] = times.map(median);
      const ratio = value / reference;
      const target = '<= 1.2 of an empty account';
      return only([{ ...lineOf('1 client, p50', value, 'ms'), reference, ratio, target, isMet: ratio <= 1.2 }]);
    },
  },
  {
    name: 'list-of-100000',
    title: 'list of 100,000, streamed',
    prepare: null,
    measure: async (bench) => {
      const owner = await bench.account();
      await fillAccount(bench, owner, 100_000);
      const run = asking(bench, [{ method: 'GET', path: '/image/all', headers: owner.headers, status: 200 }]);
      await run({ clients: 1, seconds: 60, most: 1 });
      const grown: number[] = [];
      let taken = 0;
      for (let round = 0; round < 3; round += 1) {
        const pids = [...bench.service.processes().server.keys()];
        const before = pids.map((pid) => residentBytes(pid).now);
        for (const pid of pids) resetPeak(pid);
        taken = (await run({ clients: 1, seconds: 60, most: 1 })).p50;
        const growth = pids.map((pid, at) => residentBytes(pid).peak - (before[at] ?? 0));
        grown.push(growth.reduce((sum, one) => sum + one, 0) / megabyte);
      }
      return only([
        lineOf('growth of the server’s memory', median(grown), 'MB', { atMost: 40 }),
        lineOf('time', taken / 1000, 's'),
      ]);
    },
  },
  {
    name: 'start',
    title: 'start, and memory at rest',
    prepare: null,
    measure: async ({ root, folder }) => {
      const own = await newDataFolder(folder);
      const options = { root, directory: folder, folder: own };
      const first = await startService(options);
      await first.stop();
      const warm = await startService(options);
      try {
        await sleep(10_000);
        const { server, postgres, function: made } = warm.processes();
        const bytes = proportionalBytes([...server.keys(), ...postgres.keys(), ...made.keys()]);
        return only([
          lineOf('first start', first.startMilliseconds / 1000, 's', { atMost: 3.9 }),
          lineOf('start again', warm.startMilliseconds / 1000, 's', { atMost: 1.6 }),
          lineOf('memory of all processes (PSS)', bytes / megabyte, 'MB', { atMost: 203 }),
        ]);
      } finally {
        await warm.stop();
        await removeFolder(own);
      }
    },
  },
  {
    name: 'workers',
    title: `page of 50 with a worker for each core (${cores}), against one worker`,
    prepare: null,
    measure: async ({ root, folder }, { repeats, seconds }) => {
      const rates: number[][] = [[], []];
      const benches = [];
      try {
        for (const workers of [cores, 1]) {
          benches.push(await openBench({ root, directory: join(folder), env: { WORKERS: String(workers) } }));
        }
        const runs = [];
        for (const bench of benches) {
          const owner = await bench.account();
          await fillAccount(bench, owner, 1_000);
          const page = { method: 'GET', path: '/image/all?limit=50', headers: owner.headers, status: 200 };
          runs.push(asking(bench, [page]));
        }
        for (let repeat = 0; repeat < repeats; repeat += 1) {
          for (const [at, run] of runs.entries()) {
            await run({ clients: 16, seconds: 1 });
            const { count, seconds: taken } = await run({ clients: 16, seconds });
            rates[at]?.push(count / taken);
          }
        }
      } finally {
        for (const bench of benches) await bench.stop();
      }
      const [value = 0, reference = 0] = rates.map(median);
      const ratio = value / reference;
      const target = cores > 1 ? '> 1 of one worker' : '';
      return only([
        { ...lineOf('16 clients', value, '/s'), reference, ratio, target, isMet: cores > 1 ? ratio > 1.05 : null },
      ]);
    },
  },
];
