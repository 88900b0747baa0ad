import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { v7 as uuidV7 } from 'uuid';
import { type Image, imageOrders, imageSchema } from '../../../core/contracts/image.ts';
import type { AccountModel } from '../../../server/accounts/account.model.ts';
import { definedStatements } from '../../../server/db/statement.ts';
import { eventually, type ImagesWorld, openImagesWorld, publicUrl } from '../../support/images-world.ts';
import { watchStatements } from '../../support/watch-statements.ts';

let world: ImagesWorld;
let owner: AccountModel;

beforeAll(async () => {
  world = await openImagesWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  owner = await world.buildOwner();
});

interface Seed {
  name?: string;
  bytes?: number;
  status?: 'processing' | 'ready' | 'failed';
  createdAt?: Date;
}

/** Rows without objects behind them. */
async function seed(seeds: Seed[], as: AccountModel = owner): Promise<string[]> {
  const rows = seeds.map(({ name, bytes = 100, status = 'ready', createdAt = new Date() }) => {
    const id = uuidV7();
    return {
      id,
      ownerId: as.id,
      name: name ?? `${id}.png`,
      state: 'stored' as const,
      objectKey: `${id}/${'0'.repeat(32)}`,
      contentType: 'image/png',
      bytes,
      width: 60,
      height: 40,
      sha256: 'a'.repeat(64),
      status,
      failureCode: status === 'failed' ? 'undecodable' : null,
      createdAt,
    };
  });
  await world.models.Image.bulkCreate(rows);
  await as.increment('imagesVersion');
  return rows.map((row) => row.id);
}

/** The plan of a statement for these values. */
async function explainPrepared(text: string, values: string[]): Promise<string> {
  return world.sequelize.transaction(async (transaction) => {
    await world.sequelize.query('SET LOCAL plan_cache_mode = force_custom_plan', { transaction });
    await world.sequelize.query(`PREPARE explained AS ${text}`, { transaction });
    const [plan] = await world.sequelize.query(`EXPLAIN EXECUTE explained(${values.join(', ')})`, { transaction });
    await world.sequelize.query('DEALLOCATE explained', { transaction });
    return JSON.stringify(plan);
  });
}

const many = (count: number, make: (n: number) => Seed = () => ({})) =>
  Array.from({ length: count }, (_, n) => make(n));

async function list(query = '', init: RequestInit = {}) {
  const response = await world.request(`/image/all${query}`, { as: owner, ...init });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    images: (response.ok && text !== '' ? JSON.parse(text) : []) as Image[],
    problem: (response.ok || text === '' ? {} : JSON.parse(text)) as { code?: string; errors?: { path: string }[] },
  };
}

/** Follows `Link` to its end. */
async function walk(query: string): Promise<Image[]> {
  const images: Image[] = [];
  for (let next: string | null = query; next !== null; ) {
    const page = await list(next);
    expect(page.status).toBe(200);
    images.push(...page.images);
    const link = page.headers.get('link');
    expect(link === null || link.startsWith(`<${publicUrl}/image/all?`)).toBe(true);
    next = link === null ? null : new URL(/<([^>]+)>; rel="next"/.exec(link)![1]!).search;
  }
  return images;
}

describe('GET /image/all', () => {
  it('is everything of the caller as a JSON array, newest first', async () => {
    const other = await world.buildOwner();
    await seed(many(3), other);
    expect((await list()).images).toEqual([]);
    const ids = await seed(many(1_203, (n) => ({ createdAt: new Date(1_700_000_000_000 + n) })));
    const { status, headers, images } = await list();
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(headers.get('cache-control')).toBe('private, no-cache');
    expect(headers.get('link')).toBeNull();
    expect(images.map((image) => image.id)).toEqual(ids.reverse());
    imageSchema.parse(images[0]);
  });

  it('does not show uploads that still run', async () => {
    const [id] = await seed(many(1));
    await world.sequelize.query(`UPDATE images SET state = 'uploading', upload_lease_until = now() WHERE id = $1`, {
      bind: [id],
    });
    expect((await list()).images).toEqual([]);
    expect((await world.request(`/image/${id}`, { as: owner })).status).toBe(404);
  });

  it('has the thumbnails of the tier now, ascending, in a number of statements that does not grow', async () => {
    const ids = await seed(many(40));
    const thumbnail = { format: 'same' as const, width: 30, bytes: 10, contentType: 'image/png' };
    await world.models.Thumbnail.bulkCreate(
      ids.flatMap((imageId) =>
        [400, 200, 100].map((height) => ({
          ...thumbnail,
          imageId,
          tierHeight: height,
          height,
          objectKey: `${imageId}/${'0'.repeat(32)}.same-${height}.${height}.png`,
        })),
      ),
    );
    const statements = watchStatements();
    const { images } = await list();
    const needed = statements.count('');
    await list('?limit=1');
    expect(statements.count('')).toBe(2 * needed);
    expect(needed).toBe(2);
    statements.stop();
    for (const image of images) {
      expect(image.thumbnails.map((made) => made.tierHeight)).toEqual([200, 400]);
      expect(image.pendingHeights).toEqual([]);
    }
  });
});

describe('pages', () => {
  const expected: Record<string, (a: Image, b: Image) => number> = {
    createdAt: (a, b) => a.createdAt.localeCompare(b.createdAt, 'en') || (a.id < b.id ? -1 : 1),
    name: (a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)),
    bytes: (a, b) => a.bytes - b.bytes || (a.id < b.id ? -1 : 1),
  };

  it('show each image once, in each order, ties by id and names by code point', async () => {
    const names = ['b', 'B', 'a', 'ä', 'Z', 'é', '猫', '😀', 'ﬀ', '10', '9', 'a b', 'ab', '_', '~'];
    await seed(
      many(60, (n) => ({
        name: `${names[n % names.length]}${n}`,
        bytes: 1 + (n % 4),
        createdAt: new Date(1_700_000_000_000 + (n % 5)),
      })),
    );
    for (const order of imageOrders) {
      const compare = expected[order.replace('-', '')]!;
      const all = (await list(`?order=${order}`)).images;
      const sorted = all.toSorted(order.startsWith('-') ? (a, b) => compare(b, a) : compare);
      expect(all.map((image) => image.id)).toEqual(sorted.map((image) => image.id));
      expect((await walk(`?order=${order}&limit=7`)).map((image) => image.id)).toEqual(all.map((image) => image.id));
    }
  });

  it('stay whole while images come and go', async () => {
    const ids = await seed(many(50, (n) => ({ createdAt: new Date(1_700_000_000_000 + n) })));
    const seen: string[] = [];
    let next: string | null = '?limit=5';
    while (next !== null) {
      const page: Awaited<ReturnType<typeof list>> = await list(next);
      seen.push(...page.images.map((image) => image.id));
      await seed(many(3));
      await world.models.Image.destroy({ where: { id: page.images.at(-1)!.id } });
      const link = page.headers.get('link');
      next = link === null ? null : new URL(link.slice(1, link.indexOf('>'))).search;
    }
    expect(seen).toEqual(ids.reverse());
  });

  it('have 100 images with a cursor alone, and the last one has no Link', async () => {
    await seed(many(210));
    const first = await list('?limit=10');
    const cursor = new URL(first.headers.get('link')!.slice(1).split('>')[0]!).searchParams.get('cursor');
    expect((await list(`?cursor=${cursor}`)).images).toHaveLength(100);
    expect((await list('?limit=210')).headers.get('link')).toBeNull();
    expect((await list('?limit=209')).headers.get('link')).not.toBeNull();
  });

  it('keep filters and order in their Link', async () => {
    await seed(many(12, (n) => ({ name: `cat & dog ${n}.png`, status: n % 2 ? 'ready' : 'failed' })));
    const images = await walk('?limit=2&name=CAT+%26&status=ready&order=-name');
    expect(images.map((image) => image.name)).toEqual([9, 7, 5, 3, 11, 1].map((n) => `cat & dog ${n}.png`));
  });

  it('take their cursor with the same order and filters only', async () => {
    await seed(many(3, (n) => ({ name: `cat ${n}` })));
    const cursor = new URL(
      (await list('?limit=1&name=cat&order=name')).headers.get('link')!.slice(1).split('>')[0]!,
    ).searchParams.get('cursor');
    expect((await list(`?cursor=${cursor}&name=cat&order=name`)).status).toBe(200);
    for (const query of [
      `name=cat`,
      `order=name`,
      `name=ca&order=name`,
      `name=cat&order=-name`,
      `name=cat&order=name&status=ready`,
    ]) {
      const { status, problem } = await list(`?cursor=${cursor}&${query}`);
      expect({ status, path: problem.errors?.[0]?.path }).toEqual({ status: 400, path: 'cursor' });
    }
  });
});

describe('filters', () => {
  it('find names that contain a text, whatever the case, with % and _ as themselves', async () => {
    await seed(
      ['Cat.png', 'concat.png', 'dog.png', '100%.png', 'a_b.png', 'axb.png', 'ŻÓŁW.png', 'back\\slash'].map((name) => ({
        name,
      })),
    );
    const found = async (name: string) =>
      (await list(`?order=name&name=${encodeURIComponent(name)}`)).images.map((image) => image.name);
    expect(await found('cat')).toEqual(['Cat.png', 'concat.png']);
    expect(await found('%')).toEqual(['100%.png']);
    expect(await found('A_B')).toEqual(['a_b.png']);
    expect(await found('żółw')).toEqual(['ŻÓŁW.png']);
    expect(await found('z\u0307o\u0301ł')).toEqual(['ŻÓŁW.png']);
    expect(await found('\\')).toEqual(['back\\slash']);
    expect(await found('nothing')).toEqual([]);
  });

  it('find a name by other spellings of its characters: kinds of space, width, case', async () => {
    const screenshot = 'Screenshot 2026-11-27 at 10.15.00\u202fAM.png';
    await seed([screenshot, 'ＣＡＴ％.png', 'ΟΔΟΣ.png', 'a\u3000b\u1680c.png', 'ﬁsh.png'].map((name) => ({ name })));
    const found = async (name: string) =>
      (await list(`?name=${encodeURIComponent(name)}`)).images.map((image) => image.name);
    for (const space of [' ', '\u00a0', '\u2009', '\u202f', '\u3000', '\u1680']) {
      expect(await found(`10.15.00${space}am`)).toEqual([screenshot]);
      expect(await found(`A${space}B${space}C`)).toEqual(['a\u3000b\u1680c.png']);
    }
    expect(await found('cat%')).toEqual(['ＣＡＴ％.png']);
    expect(await found('ｃａｔ')).toEqual(['ＣＡＴ％.png']);
    expect(await found('οδος.PNG')).toEqual(['ΟΔΟΣ.png']);
    expect(await found('FISH')).toEqual(['ﬁsh.png']);
    expect(await found('＿')).toEqual([]);
  });

  it('and parameters that are empty are as if they were not given', async () => {
    await seed([{ name: 'a.png' }, { name: 'b.png', status: 'failed' }]);
    const all = await list('?limit=&cursor=&name=&status=&order=');
    expect(all.status).toBe(200);
    expect(all.headers.get('link')).toBeNull();
    expect(all.images.map((image) => image.name).sort()).toEqual(['a.png', 'b.png']);
    expect((await list('?status=failed&cursor=&limit=1')).images.map((image) => image.name)).toEqual(['b.png']);
    expect((await list('?status=&status=failed')).status).toBe(400);
  });

  it('find images of a status', async () => {
    await seed([{ status: 'ready' }, { status: 'failed' }, { status: 'processing' }]);
    for (const status of ['ready', 'failed', 'processing']) {
      expect((await list(`?status=${status}`)).images.map((image) => image.status)).toEqual([status]);
    }
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=1001', 'limit'],
    ['limit=1e2', 'limit'],
    ['limit=-1', 'limit'],
    ['limit=%D9%A1', 'limit'],
    ['limit=1&limit=2', 'limit'],
    ['order=size', 'order'],
    ['status=done', 'status'],
    ['name=%00', 'name'],
    ['cursor=abc', 'cursor'],
    ['cursor=%00', 'cursor'],
    [`cursor=${Buffer.from('[1,"-createdAt",null,null,"x","y"]').toString('base64url')}`, 'cursor'],
    [
      `cursor=${Buffer.from('[1,"-createdAt",null,null,12,"00000000-0000-7000-8000-000000000000"]').toString('base64url')}`,
      'cursor',
    ],
    [
      `cursor=${Buffer.from('[1,"-createdAt",null,null,"9999999-01-01","00000000-0000-7000-8000-000000000000"]').toString('base64url')}`,
      'cursor',
    ],
    ['limit[]=1', 'limit[]'],
  ])('refuse %s, naming the parameter', async (query, path) => {
    const { status, problem } = await list(`?${query}`);
    expect({ status, code: problem.code, path: problem.errors?.[0]?.path }).toEqual({
      status: 400,
      code: 'invalid_request',
      path,
    });
  });

  it('never break on any cursor', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.constant('-createdAt')), { maxLength: 6 }),
        async (parts) => {
          const cursor = Buffer.from(JSON.stringify([1, ...parts])).toString('base64url');
          expect((await list(`?cursor=${cursor}`)).status).toBe(400);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('the ETag of a list', () => {
  const tagOf = async (query = '') => (await list(query)).headers.get('etag')!;

  it('is weak, stays while nothing changes, and makes a 304 that reads no image', async () => {
    await seed(many(3));
    const etag = await tagOf();
    expect(etag).toMatch(/^W\/"[\w-]+"$/);
    const statements = watchStatements();
    for (const header of [etag, `"other", ${etag}`, etag.slice(2), '*']) {
      const { status, images, headers } = await list('', { headers: { 'if-none-match': header } });
      expect({ status, images, etag: headers.get('etag'), cache: headers.get('cache-control') }).toEqual({
        status: 304,
        images: [],
        etag,
        cache: 'private, no-cache',
      });
    }
    expect(statements.count('FROM images')).toBe(0);
    expect(statements.count('')).toBe(4);
    statements.stop();
    expect((await list('', { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
  });

  it('is another after a change of an image, of the tier, of the parameters, and in the next window', async () => {
    const [id] = await seed(many(3));
    const before = await tagOf();
    expect(await tagOf('?limit=2')).not.toBe(before);
    const renamed = await world.request(`/image/${id}`, {
      method: 'PATCH',
      as: owner,
      body: JSON.stringify({ name: 'new.png' }),
      headers: { 'content-type': 'application/json' },
    });
    expect(renamed.status).toBe(200);
    const after = await tagOf();
    expect(after).not.toBe(before);
    await world.tier.increment('version');
    const withTier = await tagOf();
    expect(withTier).not.toBe(after);
    const real = world.disk.presignGet;
    world.faults.presignGet = (bucket, key, options) =>
      real(bucket, key, { ...options, signedAt: new Date(options.signedAt.getTime() + 1_800_000) });
    await eventually(async () => expect(await tagOf()).not.toBe(withTier));
    Reflect.deleteProperty(world.faults, 'presignGet');
    await eventually(async () => expect(await tagOf()).toBe(withTier));
  });

  it('comes with HEAD, which has no body', async () => {
    await seed(many(3));
    const head = await world.request('/image/all', { method: 'HEAD', as: owner });
    expect(head.headers.get('etag')).toBe(await tagOf());
    expect(await head.text()).toBe('');
    const page = await world.request('/image/all?limit=1', { method: 'HEAD', as: owner });
    expect(page.headers.get('link')).toContain('rel="next"');
  });
});

describe('a list of everything', () => {
  it('breaks off when the database goes away in the middle, so that nobody takes a part for the whole', async () => {
    await seed(many(600));
    let pages = 0;
    const statements = watchStatements({
      before: (text) => {
        if (text.includes('FROM images image')) pages += 1;
        if (pages === 3) throw new Error('the database is gone');
      },
    });
    const response = await world.request('/image/all', { as: owner });
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
    statements.stop();
  });

  it('is read no further when its reader goes, and waits for a reader that is slow', async () => {
    await seed(many(10_000, (n) => ({ name: `${'long name '.repeat(20)}${n}` })));
    const statements = watchStatements();
    const pages = () => statements.count('FROM images image');
    const socket = connect({ port: world.port, host: '127.0.0.1' });
    socket.pause();
    socket.write(`GET /image/all HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${owner.id}\r\n\r\n`);
    await eventually(() => expect(pages()).toBeGreaterThan(0));
    let read = 0;
    while (pages() > read) {
      read = pages();
      await sleep(1_000);
    }
    expect(read).toBeLessThan(40);
    socket.destroy();
    await sleep(500);
    expect(pages()).toBeLessThanOrEqual(read + 1);
    statements.stop();
  });

  it('reads each order from an index', async () => {
    await seed(many(2_000, (n) => ({ bytes: 1 + n })));
    await world.sequelize.query('ANALYZE images');
    for (const order of imageOrders) {
      for (const after of ['', ' after']) {
        const statement = definedStatements().find(({ name }) => name === `images.page ${order}${after}`);
        const key = { createdAt: '2026-11-22T18:16:00Z', name: 'a', bytes: '5' }[order.replace('-', '')];
        const values = [owner.id, '100', ...(after ? [key, owner.id] : [])].map((value) => `'${value}'`);
        const text = await explainPrepared(statement?.text ?? '', values);
        expect(text).toContain('Index Scan');
        expect(text).not.toMatch(/"Sort |-> {2}Sort|Seq Scan on images|Hash/);
      }
    }
  });
});
