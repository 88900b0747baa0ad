/**
 * `/image/all` of an account with many images, each with two thumbnails: `npx tsx bench/list.ts [IMAGES]`. The ratio is
 * against the least that could be done: the same rows of the database as JSON, without signatures and HTTP.
 */
import globalSetup from '../tests/support/global-setup.ts';
import globalTeardown from '../tests/support/global-teardown.ts';
import { openImagesWorld } from '../tests/support/images-world.ts';

const images = Number(process.argv[2] ?? 10_000);

async function milliseconds(work: () => Promise<unknown>, times: number): Promise<{ median: number; p95: number }> {
  const all: number[] = [];
  for (let time = 0; time < times; time += 1) {
    const started = performance.now();
    await work();
    all.push(performance.now() - started);
  }
  all.sort((a, b) => a - b);
  return { median: all[Math.floor(times / 2)]!, p95: all[Math.ceil(times * 0.95) - 1]! };
}

await globalSetup();
const world = await openImagesWorld();
try {
  const owner = await world.buildOwner();
  await world.sequelize.query(
    `WITH made AS (
       INSERT INTO images (id, owner_id, name, state, object_key, content_type, bytes, width, height, sha256, status, created_at)
       SELECT id, $1, 'IMG_' || n || '.jpg', 'stored', id || '/' || md5(n::text), 'image/jpeg', 1000 + n % 5000, 4000, 3000,
         repeat('a', 64), 'ready', now() - n * interval '1 minute'
       FROM (SELECT n, gen_random_uuid() AS id FROM generate_series(1, $2) n) seed RETURNING id, object_key)
     INSERT INTO thumbnails (image_id, tier_height, format, width, height, bytes, content_type, object_key)
     SELECT id, h, 'same', h * 4 / 3, h, 9000, 'image/jpeg', object_key || '/' || h || '-same.jpg'
     FROM made, unnest(ARRAY[200, 400]) h`,
    { bind: [owner.id, images] },
  );
  await world.sequelize.query('ANALYZE');

  const get = async (query: string, headers: Record<string, string> = {}) => {
    const response = await world.request(`/image/all${query}`, { as: owner, headers });
    let bytes = 0;
    for await (const chunk of response.body ?? []) bytes += (chunk as Uint8Array).length;
    return { bytes, etag: response.headers.get('etag') ?? '' };
  };
  const plain = async () => {
    const [rows] = await world.sequelize.query(
      `SELECT image.*, (SELECT json_agg(t) FROM thumbnails t WHERE t.image_id = image.id) AS thumbnails
       FROM images image WHERE owner_id = $1 ORDER BY created_at DESC`,
      { bind: [owner.id] },
    );
    return JSON.stringify(rows).length;
  };

  const { bytes, etag } = await get('');
  await plain();
  const rssBefore = process.memoryUsage.rss();
  const everything = await milliseconds(() => get(''), 3);
  const grown = (process.memoryUsage.rss() - rssBefore) / 2 ** 20;
  const least = await milliseconds(plain, 3);
  const rows = [
    ['everything', everything, everything.median / least.median],
    ['the same rows as JSON, no more', least, 1],
  ] as [string, { median: number; p95: number }, number?][];
  for (const query of [
    '?limit=100',
    '?limit=1000',
    '?limit=100&order=name',
    '?limit=100&order=-bytes',
    '?limit=100&name=99',
  ]) {
    rows.push([query, await milliseconds(() => get(query), 40)]);
  }
  rows.push(['304', await milliseconds(() => get('', { 'if-none-match': etag }), 40)]);
  console.log(
    `${images} images, ${(bytes / 2 ** 20).toFixed(1)} MB of JSON; RSS grew by ${grown.toFixed(0)} MB (server and reader)`,
  );
  console.table(
    rows.map(([what, { median, p95 }, ratio]) => ({
      what,
      'median, ms': median.toFixed(1),
      'p95, ms': p95.toFixed(1),
      ratio: ratio?.toFixed(2) ?? '',
    })),
  );
} finally {
  await world.close();
  await globalTeardown();
}
