/**
 * Uploads over HTTP, into the embedded store with a real PostgreSQL, against writing the same bytes to the same disk
 * with an fsync, and against writing and hashing them: `npx tsx bench/upload.ts [MEGABYTES]`. One after another, then
 * eight at a time.
 */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import globalSetup from '../tests/support/global-setup.ts';
import globalTeardown from '../tests/support/global-teardown.ts';
import { makePicture, openImagesWorld } from '../tests/support/images-world.ts';

const megabytes = Number(process.argv[2] ?? 20);
const rounds = 8;

async function millisecondsEach(work: (round: number) => Promise<unknown>, atOnce = 1): Promise<number> {
  const started = performance.now();
  for (let round = 0; round < rounds; round += atOnce) {
    await Promise.all(Array.from({ length: atOnce }, (_, at) => work(round + at)));
  }
  return (performance.now() - started) / rounds;
}

await globalSetup();
const world = await openImagesWorld({ tier: { maxUploadBytes: 2 ** 40 } });
try {
  const owner = await world.buildOwner();
  const picture = new Uint8Array(await makePicture(1, { bytes: megabytes * 1024 * 1024 }));
  const small = new Uint8Array(await makePicture(1));
  let files = 0;
  const plain = async (bytes: Uint8Array, hashed: boolean) => {
    const file = await open(join(world.directory, `plain-${files++}`), 'w');
    const hash = createHash('sha256');
    for (let at = 0; at < bytes.length; at += 65_536) {
      const chunk = bytes.subarray(at, at + 65_536);
      if (hashed) hash.update(chunk);
      await file.write(chunk);
    }
    await file.sync();
    await file.close();
  };
  // `fetch` copies what it sends several times, and its work would be counted as the server's.
  const upload = (bytes: Uint8Array) =>
    new Promise<void>((resolve, reject) => {
      const headers = { authorization: `Bearer ${owner.id}`, 'content-length': bytes.length };
      const sent = request(`${world.url}/image/upload`, { method: 'POST', headers }, (response) => {
        response.resume();
        if (response.statusCode === 201) response.once('end', resolve);
        else reject(new Error(`the answer was ${response.statusCode}`));
      });
      sent.once('error', reject).end(bytes);
    });
  await upload(small);
  await plain(small, true);

  const rows = [];
  for (const [what, bytes] of [
    ['small', small],
    [`${megabytes} MB`, picture],
  ] as const) {
    for (const atOnce of [1, 8]) {
      const written = await millisecondsEach(() => plain(bytes, false), atOnce);
      const hashed = await millisecondsEach(() => plain(bytes, true), atOnce);
      const rssBefore = process.memoryUsage.rss();
      const uploaded = await millisecondsEach(() => upload(bytes), atOnce);
      rows.push({
        image: what,
        'at once': atOnce,
        'write, ms': written.toFixed(1),
        'write and hash, ms': hashed.toFixed(1),
        'upload, ms': uploaded.toFixed(1),
        'upload / write and hash': (uploaded / hashed).toFixed(2),
        'RSS grew, MB': ((process.memoryUsage.rss() - rssBefore) / 2 ** 20).toFixed(0),
      });
    }
  }
  console.table(rows);
} finally {
  await world.close();
  await globalTeardown();
}
