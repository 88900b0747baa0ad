import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { type Image, imageSchema } from '../../../core/contracts/image.ts';
import { parseRecipe } from '../../../core/thumbnails/recipe.ts';
import { buildTier } from '../../support/builders/build-tier.ts';
import {
  eventually,
  type ImagesWorld,
  makePicture,
  openImagesWorld,
  publicUrl,
  sha256,
} from '../../support/images-world.ts';

let world: ImagesWorld;
beforeAll(async () => {
  world = await openImagesWorld({ maxPixels: 1_000_000 });
});
afterAll(() => world.close());
afterEach(() => {
  for (const name of Object.keys(world.faults)) Reflect.deleteProperty(world.faults, name);
});

async function answerOf(response: Response) {
  const body = (await response.json()) as { code?: string; detail?: string };
  return { ...body, status: response.status };
}

describe('an upload', () => {
  it('keeps the bytes as they are and answers with the image', async () => {
    const owner = await world.buildOwner();
    const picture = await makePicture(1, { bytes: 300_000 });
    const response = await world.upload(owner, new Uint8Array(picture), { name: 'cat.png' });
    const image = imageSchema.parse(await response.json());
    expect(response.status).toBe(201);
    expect(response.headers.get('location')).toBe(`${publicUrl}/image/${image.id}`);
    expect(image).toMatchObject({
      name: 'cat.png',
      contentType: 'image/png',
      bytes: 300_000,
      width: 60,
      height: 40,
      sha256: sha256(picture),
      status: 'processing',
      failure: null,
      pendingHeights: [200, 400],
      placeholder: null,
      thumbnails: [],
    });
    const row = await world.models.Image.findByPk(image.id, { rejectOnEmpty: true });
    expect(row).toMatchObject({ state: 'stored', reservedBytes: 0, uploadLeaseUntil: null });
    expect(row.workDueAt!.getTime()).toBeGreaterThan(Date.now());
    const object = await world.store.get('originals', row.objectKey);
    expect(sha256(await buffer(object!.body))).toBe(sha256(picture));
    expect(object).toMatchObject({ contentType: 'image/png' });
    expect(object!.metadata).toMatchObject({ owner: owner.id, name: 'cat.png', 'image-id': image.id });
    expect(parseRecipe(object!.metadata.recipe)).toEqual({ version: 1, heights: [200, 400], format: 'same' });
    await owner.reload();
    expect(owner).toMatchObject({ usedBytes: 300_000, imagesVersion: 2 });
    expect(await world.models.ImageEvent.count({ where: { imageId: image.id, deleted: false } })).toBe(1);
  });

  it('is typed by its bytes, whatever header and name say', async () => {
    const owner = await world.buildOwner();
    const jpeg = await sharp(await makePicture())
      .jpeg()
      .toBuffer();
    const image = await world.uploaded(owner, jpeg, { name: 'cat.png', headers: { 'content-type': 'image/gif' } });
    expect(image).toMatchObject({ name: 'cat.png', contentType: 'image/jpeg' });
  });

  it('without a content type is raw bytes', async () => {
    const owner = await world.buildOwner();
    const response = await world.request('/image/upload', {
      method: 'POST',
      as: owner,
      body: new Uint8Array(await makePicture()),
    });
    expect(response.status).toBe(201);
  });

  it('reads a TIFF whose header stands at its end, and an unknown length', async () => {
    const owner = await world.buildOwner();
    const noise = Buffer.alloc(500 * 400 * 3, Buffer.from(Array.from({ length: 997 }, (_, n) => (n * 7919) % 251)));
    const tiff = await sharp(noise, { raw: { width: 500, height: 400, channels: 3 } })
      .tiff({ compression: 'none' })
      .toBuffer();
    const response = await world.upload(owner, new Blob([new Uint8Array(tiff)]).stream());
    const image = (await response.json()) as Image;
    expect(image).toMatchObject({ contentType: 'image/tiff', width: 500, height: 400, bytes: tiff.length });
    expect(image.name).toBe(`${image.id}.tiff`);
    const row = await world.models.Image.findByPk(image.id, { rejectOnEmpty: true });
    expect(await world.store.head('originals', row.objectKey)).toMatchObject({ contentType: 'image/tiff' });
  });

  it('under /api/images and with a trailing slash is the same', async () => {
    const owner = await world.buildOwner();
    for (const path of ['/api/images', '/api/images/', '/image/upload/', '/api/image/upload']) {
      const response = await world.request(path, {
        method: 'POST',
        as: owner,
        body: new Uint8Array(await makePicture()),
      });
      expect(response.status).toBe(201);
    }
  });

  it.each([
    ['nothing', Buffer.alloc(0), 400, 'empty_body'],
    ['text', Buffer.from('this is no picture at all'), 415, 'unsupported_type'],
    [
      'a broken header',
      Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(40)]),
      422,
      'invalid_image',
    ],
    ['half a header', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), 422, 'invalid_image'],
    [
      'HEIC',
      Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic\0\0\0\0mif1heic'), Buffer.alloc(64)]),
      415,
      'unsupported_type',
    ],
  ])('of %s is refused and leaves nothing', async (_what, body, status, code) => {
    const owner = await world.buildOwner();
    for (const sent of [new Uint8Array(body), new Blob([new Uint8Array(body)]).stream()]) {
      expect(await answerOf(await world.upload(owner, sent))).toMatchObject({ status, code });
    }
    expect(await world.models.Image.count({ where: { ownerId: owner.id } })).toBe(0);
    expect((await owner.reload()).usedBytes).toBe(0);
  });

  it('of too many pixels is refused', async () => {
    const owner = await world.buildOwner();
    const picture = await makePicture(0, { width: 1_001, height: 1_000 });
    expect(await answerOf(await world.upload(owner, new Uint8Array(picture)))).toMatchObject({
      status: 422,
      code: 'too_many_pixels',
    });
  });

  it('is refused for its encoding, its type, its query and its names before a byte is stored', async () => {
    const owner = await world.buildOwner();
    const body = new Uint8Array(await makePicture());
    const cases: [Parameters<ImagesWorld['upload']>[2], number, string][] = [
      [{ headers: { 'content-encoding': 'gzip' } }, 415, 'unsupported_encoding'],
      [{ headers: { 'content-type': 'text/plain' } }, 415, 'unsupported_type'],
      [{ headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 415, 'unsupported_type'],
      [{ headers: { 'content-type': 'multipart/form-data' } }, 400, 'invalid_request'],
      [{ name: '..' }, 400, 'invalid_filename'],
      [{ query: '?filename=..' }, 400, 'invalid_filename'],
      [{ query: '?filename=%C5' }, 400, 'invalid_filename'],
      [{ query: '?filename=%20' }, 400, 'invalid_filename'],
      [{ query: '?filename=a&filename=b' }, 400, 'invalid_request'],
      [{ query: '?on_conflict=replace' }, 400, 'invalid_request'],
      [{ headers: { 'content-digest': 'sha-256' } }, 400, 'invalid_request'],
      [{ headers: { 'idempotency-key': 'a b' } }, 400, 'invalid_request'],
    ];
    for (const [options, status, code] of cases) {
      expect({ options, ...(await answerOf(await world.upload(owner, body, options))) }).toMatchObject({
        status,
        code,
      });
    }
    const { until, socket } = await world.rawUpload(owner, ['Transfer-Encoding: gzip, chunked']);
    expect(await until('"instance"')).toContain('"unsupported_encoding"');
    socket.destroy();
    expect(await world.models.Image.count({ where: { ownerId: owner.id } })).toBe(0);
  });

  it('takes its name from the header, else the query, else the part, else the id', async () => {
    const owner = await world.buildOwner();
    const picture = await makePicture();
    expect((await world.uploaded(owner, picture, { name: 'header.png', query: '?filename=query.png' })).name).toBe(
      'header.png',
    );
    expect((await world.uploaded(owner, picture, { query: '?filename=%C5%BC+%2B.png' })).name).toBe('ż +.png');
    const unnamed = await world.uploaded(owner, picture);
    expect(unnamed.name).toBe(`${unnamed.id}.png`);
  });

  it('with a name that is taken gets a number, or 409 when asked for', async () => {
    const owner = await world.buildOwner();
    const other = await world.buildOwner();
    const picture = await makePicture();
    const names = [];
    for (let count = 0; count < 4; count += 1)
      names.push((await world.uploaded(owner, picture, { name: 'cat.png' })).name);
    expect(names).toEqual(['cat.png', 'cat-1.png', 'cat-2.png', 'cat-3.png']);
    expect((await world.uploaded(owner, picture, { name: 'Cat.png' })).name).toBe('Cat.png');
    expect((await world.uploaded(other, picture, { name: 'cat.png' })).name).toBe('cat.png');
    const refused = await world.upload(owner, new Uint8Array(picture), {
      name: 'cat.png',
      query: '?on_conflict=error',
    });
    expect(await answerOf(refused)).toMatchObject({ status: 409, code: 'name_taken' });
    const longest = `${'ż'.repeat(125)}.png`;
    await world.uploaded(owner, picture, { query: `?filename=${encodeURIComponent(longest)}` });
    const cut = await world.uploaded(owner, picture, { query: `?filename=${encodeURIComponent(longest)}` });
    expect(cut.name).toBe(`${'ż'.repeat(124)}-1.png`);
  });

  it('keeps the metadata of the longest names within what S3 takes', async () => {
    const owner = await world.buildOwner({ username: '猫'.repeat(150) });
    const image = await world.uploaded(owner, await makePicture(), {
      query: `?filename=${encodeURIComponent('猫'.repeat(85))}`,
    });
    const row = await world.models.Image.findByPk(image.id, { rejectOnEmpty: true });
    const { metadata } = (await world.store.head('originals', row.objectKey))!;
    const size = Object.entries(metadata).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
    expect(size).toBeLessThan(2_048);
    expect(decodeURIComponent(metadata.name!)).toBe('猫'.repeat(85));
    expect(decodeURIComponent(metadata.username!)).toMatch(/^猫+$/);
  });
});

describe('the size of an upload', () => {
  it('may be what the tier allows and not a byte more, known beforehand or not', async () => {
    const tier = await buildTier(world.models, { maxUploadBytes: 20_000 });
    const owner = await world.buildOwner({ tierId: tier.id });
    for (const [bytes, status] of [
      [20_000, 201],
      [20_001, 413],
    ] as const) {
      const picture = await makePicture(bytes, { bytes });
      const raw = await world.upload(owner, new Uint8Array(picture));
      const chunked = await world.upload(owner, new Blob([new Uint8Array(picture)]).stream());
      const form = new FormData();
      form.set('file', new Blob([new Uint8Array(picture)]), 'cat.png');
      const multipart = await world.request('/image/upload', { method: 'POST', as: owner, body: form });
      for (const response of [raw, chunked, multipart]) {
        expect(await answerOf(response)).toMatchObject(status === 413 ? { status, code: 'too_large' } : { status });
      }
    }
    expect(await world.models.Image.count({ where: { ownerId: owner.id } })).toBe(3);
    expect((await owner.reload()).usedBytes).toBe(60_000);
  });

  it('counts for the quota to the byte', async () => {
    const tier = await buildTier(world.models, { quotaBytes: 50_000 });
    const owner = await world.buildOwner({ tierId: tier.id });
    const picture = async (bytes: number) => new Uint8Array(await makePicture(bytes, { bytes }));
    expect((await world.upload(owner, await picture(30_000))).status).toBe(201);
    for (const asked of [await picture(20_001), new Blob([await picture(20_001)]).stream()]) {
      const answer = await answerOf(await world.upload(owner, asked));
      expect(answer).toMatchObject({ status: 413, code: 'quota_exceeded' });
      expect(answer.detail).toContain('20000 of them are free');
    }
    expect((await world.upload(owner, new Blob([await picture(20_000)]).stream())).status).toBe(201);
    expect((await owner.reload()).usedBytes).toBe(50_000);
    expect(await answerOf(await world.upload(owner, await picture(100)))).toMatchObject({ code: 'quota_exceeded' });
  });
});

describe('a form', () => {
  it('reserves no more of the quota than it can have', async () => {
    const tier = await buildTier(world.models, { quotaBytes: 50_000 });
    const owner = await world.buildOwner({ tierId: tier.id });
    const form = Buffer.concat([
      Buffer.from('--XX\r\nContent-Disposition: form-data; name="f"; filename="a.png"\r\n\r\n'),
      await makePicture(1, { bytes: 24_000 }),
      Buffer.from('\r\n--XX--\r\n'),
    ]);
    const type = 'multipart/form-data; boundary=XX';
    const { socket, until } = await world.rawUpload(owner, [
      `Content-Type: ${type}`,
      `Content-Length: ${form.length}`,
      'Connection: close',
    ]);
    socket.write(form.subarray(0, 1_000));
    await eventually(async () => expect((await owner.reload()).usedBytes).toBeGreaterThan(0));
    const beside = await world.upload(owner, new Uint8Array(form), { headers: { 'content-type': type } });
    expect(beside.status).toBe(201);
    socket.write(form.subarray(1_000));
    expect(await until()).toContain('HTTP/1.1 201');
    expect((await owner.reload()).usedBytes).toBe(48_000);
    socket.destroy();
  });

  const send = (owner: { id: string }, form: FormData) =>
    world.request('/image/upload', { method: 'POST', as: owner, body: form });
  const file = async (seed = 0, bytes?: number) => new Blob([new Uint8Array(await makePicture(seed, { bytes }))]);

  it('holds one file, wherever it stands, with fields beside it', async () => {
    const owner = await world.buildOwner();
    for (const place of ['first', 'last']) {
      const form = new FormData();
      if (place === 'last') form.set('note', 'hello');
      form.set('anything', await file(1, 400_000), `${place}.png`);
      if (place === 'first') form.set('note', 'hello');
      const image = (await (await send(owner, form)).json()) as Image;
      expect(image).toMatchObject({
        name: `${place}.png`,
        bytes: 400_000,
        sha256: sha256(await makePicture(1, { bytes: 400_000 })),
      });
    }
  });

  it('names its file in raw UTF-8, and a header or query outside goes before', async () => {
    const owner = await world.buildOwner();
    const form = new FormData();
    form.set('file', await file(), 'żółw.png');
    expect(await (await send(owner, form)).json()).toMatchObject({ name: 'żółw.png' });
    const named = await world.request('/image/upload?filename=other.png', { method: 'POST', as: owner, body: form });
    expect(await named.json()).toMatchObject({ name: 'other.png' });
  });

  it('with two files, none, an empty one or a bad name is refused and leaves nothing', async () => {
    const owner = await world.buildOwner();
    const two = new FormData();
    two.set('a', await file(1, 300_000), 'a.png');
    two.set('b', await file(2, 300_000), 'b.png');
    const none = new FormData();
    none.set('note', 'hello');
    const empty = new FormData();
    empty.set('file', new Blob([]), 'a.png');
    const bad = new FormData();
    bad.set('file', await file(), '..');
    expect(await answerOf(await send(owner, two))).toMatchObject({ status: 400, code: 'invalid_request' });
    expect(await answerOf(await send(owner, none))).toMatchObject({ status: 400, code: 'empty_body' });
    expect(await answerOf(await send(owner, new FormData()))).toMatchObject({ status: 400 });
    expect(await answerOf(await send(owner, empty))).toMatchObject({ status: 400, code: 'empty_body' });
    expect(await answerOf(await send(owner, bad))).toMatchObject({ status: 400, code: 'invalid_filename' });
    expect(await world.models.Image.count({ where: { ownerId: owner.id } })).toBe(0);
  });

  it('passes over file inputs in which nothing was chosen, wherever they stand', async () => {
    const owner = await world.buildOwner();
    const picture = await makePicture(1, { bytes: 300_000 });
    const nothing = Buffer.from(
      '--XX\r\nContent-Disposition: form-data; name="f"; filename=""\r\nContent-Type: application/octet-stream\r\n\r\n\r\n',
    );
    const untyped = Buffer.from('--XX\r\nContent-Disposition: form-data; name="f"; filename=\r\n\r\n\r\n');
    const bare = Buffer.from('--XX\r\nContent-Disposition: form-data; name="f"\r\nContent-Type: image/png\r\n\r\n\r\n');
    const chosen = (filename: string) =>
      Buffer.concat([
        Buffer.from(`--XX\r\nContent-Disposition: form-data; name="g"${filename}\r\nContent-Type: image/png\r\n\r\n`),
        picture,
        Buffer.from('\r\n'),
      ]);
    const end = Buffer.from('--XX--\r\n');
    const headers = { 'content-type': 'multipart/form-data; boundary=XX' };
    const sendParts = async (...parts: Buffer[]) =>
      world.upload(owner, new Uint8Array(Buffer.concat([...parts, end])), { headers });

    for (const [name, parts] of [
      ['last.png', [nothing, bare, chosen('; filename=last.png')]],
      ['first.png', [chosen('; filename=first.png'), nothing, bare, nothing]],
    ] as const) {
      const answer = await sendParts(...parts);
      expect(answer.status).toBe(201);
      expect(await answer.json()).toMatchObject({ name, bytes: 300_000, sha256: sha256(picture) });
    }
    const nameless = await sendParts(nothing, chosen(''));
    expect(await nameless.json()).toMatchObject({ bytes: 300_000, sha256: sha256(picture) });

    for (const parts of [[nothing], [nothing, nothing], [bare], []]) {
      expect(await answerOf(await sendParts(...parts))).toMatchObject({ status: 400, code: 'empty_body' });
    }
    for (const parts of [[untyped], [chosen('; filename=""')], [chosen('; filename="  "')]]) {
      expect(await answerOf(await sendParts(...parts))).toMatchObject({ status: 400, code: 'invalid_filename' });
    }
    const two = await answerOf(await sendParts(chosen('; filename=a.png'), chosen('')));
    expect(two).toMatchObject({ status: 400, code: 'invalid_request' });
    expect(await world.models.Image.count({ where: { ownerId: owner.id } })).toBe(3);
  });

  it.each(['\r\n--XXL\r\nmore', '\r\n--XX\r\n\r\nmore'])(
    'whose boundary stands in its file too keeps no half of it: %j',
    async (rest) => {
      const owner = await world.buildOwner();
      const form = Buffer.concat([
        Buffer.from('--XX\r\nContent-Disposition: form-data; name="f"; filename="a.png"\r\n\r\n'),
        await makePicture(),
        Buffer.from(`${rest}\r\n--XX--\r\n`),
      ]);
      const headers = { 'content-type': 'multipart/form-data; boundary=XX' };
      const answer = await answerOf(await world.upload(owner, new Uint8Array(form), { headers }));
      expect(answer).toMatchObject({ status: 400, code: 'invalid_request' });
      expect(await world.models.Image.count({ where: { ownerId: owner.id } })).toBe(0);
    },
  );

  it('that ends before its last boundary is refused, however it is cut', async () => {
    const owner = await world.buildOwner();
    const head = '--XX\r\nContent-Disposition: form-data; name="f"; filename="a.png"\r\n\r\n';
    const whole = Buffer.concat([Buffer.from(head), await makePicture(), Buffer.from('\r\n--XX--\r\n')]);
    const headers = { 'content-type': 'multipart/form-data; boundary="XX"' };
    expect((await world.upload(owner, new Uint8Array(whole), { headers })).status).toBe(201);
    for (const end of [3, 20, head.length, whole.length - 30, whole.length - 9, whole.length - 5]) {
      const answer = await answerOf(await world.upload(owner, new Uint8Array(whole.subarray(0, end)), { headers }));
      expect({ end, ...answer }).toMatchObject({ status: 400, code: 'incomplete_body' });
    }
    expect(await world.models.Image.count({ where: { ownerId: owner.id } })).toBe(1);
  });
});

describe('Content-Digest', () => {
  const digestOf = (bytes: Uint8Array) => `sha-256=:${Buffer.from(sha256(bytes), 'hex').toString('base64')}:`;

  it('lets through what matches, and refuses what does not', async () => {
    const owner = await world.buildOwner();
    const picture = new Uint8Array(await makePicture(3, { bytes: 200_000 }));
    const right = await world.upload(owner, picture, {
      headers: { 'content-digest': `md5=:AAAA:, ${digestOf(picture)}` },
    });
    expect(right.status).toBe(201);
    const wrong = await world.upload(owner, picture, { headers: { 'content-digest': digestOf(new Uint8Array(1)) } });
    expect(await answerOf(wrong)).toMatchObject({ status: 400, code: 'digest_mismatch' });
    expect(await world.models.Image.count({ where: { ownerId: owner.id } })).toBe(1);
  });

  it('counts behind the body too, where it is announced', async () => {
    const owner = await world.buildOwner();
    const picture = await makePicture();
    const headers = ['Transfer-Encoding: chunked', 'Trailer: X-Sum, Content-Digest', 'Connection: close'];
    const send = async (trailer: string) => {
      const { socket, until } = await world.rawUpload(owner, headers);
      socket.write(
        Buffer.concat([Buffer.from(`${picture.length.toString(16)}\r\n`), picture, Buffer.from('\r\n0\r\n')]),
      );
      socket.write(`${trailer}\r\n`);
      const answer = await until();
      socket.destroy();
      return [answer.slice(9, 12), /"code":"([^"]+)"/.exec(answer)?.[1]];
    };
    expect(await send(`Content-Digest: ${digestOf(picture)}\r\n`)).toEqual(['201', undefined]);
    expect(await send(`Content-Digest: ${digestOf(new Uint8Array(1))}\r\n`)).toEqual(['400', 'digest_mismatch']);
    expect(await send('Content-Digest: sha-256=1\r\n')).toEqual(['400', 'invalid_request']);
    expect(await send('Content-Digest: sha-512=:AAAA:\r\n')).toEqual(['201', undefined]);
    expect(await send('')).toEqual(['201', undefined]);
    expect(await world.models.Image.count({ where: { ownerId: owner.id } })).toBe(3);
  });

  it('of a form is of all the form', async () => {
    const owner = await world.buildOwner();
    const form = Buffer.concat([
      Buffer.from('--XX\r\nContent-Disposition: form-data; name="f"; filename="a.png"\r\n\r\n'),
      await makePicture(),
      Buffer.from('\r\n--XX--\r\n'),
    ]);
    const type = { 'content-type': 'multipart/form-data; boundary=XX' };
    const right = await world.upload(owner, new Uint8Array(form), {
      headers: { ...type, 'content-digest': digestOf(form) },
    });
    expect(right.status).toBe(201);
    const wrong = await world.upload(owner, new Uint8Array(form), {
      headers: { ...type, 'content-digest': digestOf(await makePicture()) },
    });
    expect(await answerOf(wrong)).toMatchObject({ code: 'digest_mismatch' });
  });
});

describe('Prefer: wait', () => {
  it('waits until the thumbnails are settled', async () => {
    const owner = await world.buildOwner();
    const started = performance.now();
    const sent = world.upload(owner, new Uint8Array(await makePicture()), {
      headers: { prefer: 'respond-async, wait=20' },
    });
    await new Promise((resolve) => setTimeout(resolve, 500));
    await world.models.Image.update(
      { status: 'failed', failureCode: 'undecodable', failureMessage: 'Broken.' },
      { where: { ownerId: owner.id } },
    );
    const response = await sent;
    expect(response.headers.get('preference-applied')).toBe('wait=20');
    expect(await response.json()).toMatchObject({
      status: 'failed',
      failure: { code: 'undecodable' },
      pendingHeights: [],
    });
    expect(performance.now() - started).toBeLessThan(3_000);
  });

  it('waits no longer than it was asked to', async () => {
    const owner = await world.buildOwner();
    const started = performance.now();
    const response = await world.upload(owner, new Uint8Array(await makePicture()), { headers: { prefer: 'wait=1' } });
    expect(await response.json()).toMatchObject({ status: 'processing' });
    expect(performance.now() - started).toBeGreaterThan(950);
    expect(performance.now() - started).toBeLessThan(2_500);
  });
});
