import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { type Account, type Bench, fillAccount } from './bench.ts';
import { type Chart, drawCharts } from './draw-charts.ts';
import type { HttpRequest } from './load/job.ts';
import { keepPicture } from './pictures.ts';
import { httpReference } from './references/references.ts';
import { asking, uploadOf } from './rows/requests.ts';

const megabyte = 1_000_000;

/** How each figure grows with what it could depend on; drawn into docs/growth.svg. Answers with the figures as text. */
export async function measureGrowth(bench: Bench, seconds: number, say: (text: string) => void): Promise<string> {
  const charts: Chart[] = [];
  for (const [what, measure] of Object.entries({ images, heights, clients, fileSize })) {
    say(`measuring growth with ${what} …`);
    charts.push(await measure(bench, seconds));
  }
  await writeFile(join(bench.root, 'docs/growth.svg'), drawCharts(charts));
  return charts.map(asText).join('\n\n');
}

function asText({ title, x, unit, series }: Chart): string {
  const lines = series.map(
    ({ name, values }) => `${name}: ${values.map((value) => Number(value.toPrecision(3))).join(', ')}`,
  );
  return [`${title} (${x.values.join(', ')}), ${unit}`, ...lines].join('\n');
}

const get = (owner: Account, path: string): HttpRequest => ({
  method: 'GET',
  path,
  headers: owner.headers,
  status: 200,
});

async function images(bench: Bench, seconds: number): Promise<Chart> {
  const counts = [1_000, 10_000, 100_000];
  const series = [
    { name: 'list of 1,000', values: [] as number[] },
    { name: 'upload of 100 KB', values: [] as number[] },
    { name: 'page of 50', values: [] as number[] },
    { name: '/me', values: [] as number[] },
  ];
  for (const count of counts) {
    const owner = await bench.account();
    await fillAccount(bench, owner, count);
    const requests = [
      get(owner, '/image/all?limit=1000'),
      uploadOf(owner, bench.pictures.small),
      get(owner, '/image/all?limit=50'),
      get(owner, '/me'),
    ];
    for (const [at, request] of requests.entries()) {
      const run = asking(bench, [request]);
      await run({ clients: 1, seconds: 1 });
      series[at]?.values.push((await run({ clients: 1, seconds })).p50);
      await bench.settled();
    }
  }
  return { title: 'Images of the account', x: { name: 'images', values: counts }, unit: 'ms, 1 client', series };
}

async function heights(bench: Bench, seconds: number): Promise<Chart> {
  const numbers = [1, 2, 4, 8, 16];
  const values: number[] = [];
  for (const number of numbers) {
    const all = Array.from({ length: number }, (_, at) => 200 + at * 50);
    const owner = await bench.account(await bench.tier(all));
    const upload = uploadOf(owner, bench.pictures.large, { prefer: 'wait=30' });
    const run = asking(bench, [upload], { thenFetchThumbnails: true });
    await run({ clients: 1, seconds: 60, most: 3 });
    values.push((await run({ clients: 1, seconds: 3 * seconds })).p50);
    await bench.settled();
  }
  const series = [{ name: 'upload to all fetched', values }];
  return { title: 'Heights of the tier', x: { name: 'heights', values: numbers }, unit: 'ms, 1 client', series };
}

async function clients(bench: Bench, seconds: number): Promise<Chart> {
  const numbers = [1, 8, 32, 128];
  const owner = await bench.account();
  await fillAccount(bench, owner, 1_000);
  const requests = {
    '/me': get(owner, '/me'),
    'page of 50': get(owner, '/image/all?limit=50'),
    'upload of 100 KB': uploadOf(await bench.account(), bench.pictures.small),
  };
  const series = [];
  for (const [name, request] of Object.entries(requests)) {
    const run = asking(bench, [request]);
    await run({ clients: 8, seconds: 1 });
    const values: number[] = [];
    for (const number of numbers) {
      const { count, seconds: taken } = await run({ clients: number, seconds, most: 5_000 });
      values.push(count / taken);
      await bench.settled();
    }
    series.push({ name, values });
  }
  return { title: 'Clients at once', x: { name: 'clients', values: numbers }, unit: 'a second', series };
}

/** Hardly compressed, so that it is as large as it should be and cheap to decode. */
async function pngOf(bytes: number): Promise<Buffer> {
  const side = Math.round(Math.sqrt(bytes / 3));
  return sharp(randomBytes(side * side * 3), { raw: { width: side, height: side, channels: 3 } })
    .png({ compressionLevel: 0 })
    .toBuffer();
}

async function fileSize(bench: Bench, seconds: number): Promise<Chart> {
  const sizes = [0.1, 1, 10, 49];
  const owner = await bench.account();
  const values: number[] = [];
  for (const size of sizes) {
    const file = await keepPicture(bench.folder, 'sized.png', await pngOf(size * megabyte));
    const most = Math.ceil(200 / size);
    const raw = await httpReference(
      { kind: 'upload', place: bench.folder, name: 'raw', clients: bench.clients },
      { method: 'POST', bodyFile: file, status: 201 },
    );
    try {
      const run = asking(bench, [uploadOf(owner, file)]);
      await run({ clients: 8, seconds, most: 8 });
      await bench.settled();
      const { count, seconds: taken } = await run({ clients: 8, seconds: 2 * seconds, most });
      await bench.settled();
      const alone = await raw.run({ clients: 8, seconds, most });
      values.push(count / taken / (alone.count / alone.seconds));
    } finally {
      await raw.stop();
    }
  }
  const series = [{ name: 'upload, against raw', values }];
  return { title: 'Size of the file', x: { name: 'MB', values: sizes }, unit: 'of raw, 8 clients', series };
}
