import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Image } from '../../core/contracts/image.ts';
import { rawHttp } from '../support/raw-http.ts';
import { type App, type Client, picture, startApp } from '../support/start-app.ts';

let app: App;
let ada: Client;
let bytes: Buffer;

beforeAll(async () => {
  app = await startApp();
  ada = await app.as('ada', 'Basic');
  bytes = await picture(1);
}, 60_000);
afterAll(() => app.close());
beforeEach(() => app.models.Image.destroy({ where: {} }));

/** With a header of exactly these bytes. */
async function uploadAs(disposition: Buffer | string | null, query = '') {
  const lines = [
    `POST /image/upload${query} HTTP/1.1`,
    'Host: a',
    `Authorization: ${ada.authorization}`,
    'Content-Type: image/png',
    `Content-Length: ${bytes.length}`,
    'Connection: close',
  ];
  const header =
    disposition === null ? [] : [Buffer.from('Content-Disposition: '), Buffer.from(disposition), Buffer.from('\r\n')];
  const request = Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n`), ...header, Buffer.from('\r\n'), bytes]);
  const answer = await rawHttp(app.url, request, { silenceMs: 5_000 });
  return {
    status: answer.status,
    json: JSON.parse(Buffer.from(answer.body, 'latin1').toString()) as Image & { code?: string },
  };
}

const e255 = `${'e'.repeat(251)}.png`;

describe('the name of an upload', () => {
  it.each<[string, Buffer | string, string]>([
    ['quoted', 'attachment; filename="cat.png"', 'cat.png'],
    ['not quoted', 'attachment; filename=cat.png', 'cat.png'],
    ['with a trailing ;', 'attachment; filename=cat.png;', 'cat.png'],
    ['of the documented odd form', ': attachment; filename=x.png', 'x.png'],
    ['of any type', 'inline;FileName="cat.png"', 'cat.png'],
    ['filename* before filename', 'attachment; filename="b.png"; filename*=UTF-8\'\'%e2%82%ac.png', '€.png'],
    [
      'filename* before filename, the other way round',
      "attachment; filename*=utf-8'de'%c3%a4.png; filename=b.png",
      'ä.png',
    ],
    ['filename when filename* cannot be decoded', "attachment; filename*=UTF-8''%ff.png; filename=b.png", 'b.png'],
    ['filename when filename* is broken', "attachment; filename*=UTF-8''%2; filename=b.png", 'b.png'],
    [
      'filename when filename* is of a charset nobody knows',
      "attachment; filename*=KOI8-R''%c1; filename=b.png",
      'b.png',
    ],
    ['decoded once', "attachment; filename*=UTF-8''%252e%252e%252fx.jpg", '%2e%2e%2fx.jpg'],
    ['never decoded in filename', 'attachment; filename="%2e%2e%2fx.jpg"', '%2e%2e%2fx.jpg'],
    ['the last segment of a path', 'attachment; filename="../../etc/cat.png"', 'cat.png'],
    ['the last segment of a decoded path', "attachment; filename*=UTF-8''..%2f..%2fcat.png", 'cat.png'],
    ['the last segment of a Windows path', 'attachment; filename="C:\\\\Users\\\\a\\\\cat.png"', 'cat.png'],
    ['of quoted pairs', 'attachment; filename="a \\"b\\".png"', 'a "b".png'],
    ['raw UTF-8', Buffer.from('attachment; filename="snö☃.png"'), 'snö☃.png'],
    ['in NFC', Buffer.from('attachment; filename="o\u0308.png"'), 'ö.png'],
    ['of 255 bytes', `attachment; filename=${e255}`, e255],
    ['with a ; in quotes', 'attachment; filename="a;b.png"', 'a;b.png'],
    ['of an encoded word', 'attachment; filename="=?utf-8?B?xbzDs8WCdy5wbmc=?="', 'żółw.png'],
    ['of two encoded words', 'attachment; filename="=?utf-8?Q?a=C3=A9?= =?utf-8?Q?b.png?="', 'aéb.png'],
    ['of an encoded word without quotes', 'attachment; filename==?utf-8?Q?caf=C3=A9?=.png', 'café.png'],
    [
      'of the encoded word when filename* cannot be read',
      'attachment; filename*=UTF-8\'\'%ff; filename="=?iso-8859-1?Q?caf=E9.png?="',
      'café.png',
    ],
    [
      'the last segment of a path in an encoded word',
      'attachment; filename="=?utf-8?Q?..=2Fetc=2Fcat.png?="',
      'cat.png',
    ],
    ['with several ;', 'attachment;; filename="cat.png" ; ;', 'cat.png'],
    ['of markup', 'attachment; filename="<b>cat<b>.png"', '<b>cat<b>.png'],
  ])('%s', async (_, disposition, name) => {
    const { status, json } = await uploadAs(disposition);
    expect([status, json.name]).toEqual([201, name]);
  });

  it.each<[string, Buffer | string]>([
    ['empty', ''],
    ['blank', '   '],
    ['without a name', 'attachment'],
    ['without a type', 'filename=cat.png'],
    ['with a quote that does not end', 'attachment; filename="cat.png'],
    ['with words behind the value', 'attachment; filename=my cat.png'],
    ['an empty name', 'attachment; filename=""'],
    ['a blank name', 'attachment; filename="  "'],
    ['.', 'attachment; filename="."'],
    ['..', 'attachment; filename=".."'],
    ['.. behind a path', 'attachment; filename="a/.."'],
    ['a folder', 'attachment; filename="a/"'],
    ['a parameter twice', 'attachment; filename=a.png; filename=a.png'],
    ['a parameter twice, in other letters', "attachment; filename*=UTF-8''a; FILENAME*=UTF-8''a"],
    ['another parameter twice', 'attachment; x=1; x=1; filename=a.png'],
    ['a tab', 'attachment; filename="a\tb.png"'],
    ['a line break', "attachment; filename*=UTF-8''a%0d%0ab.png"],
    ['a NUL', "attachment; filename*=UTF-8''a%00.png"],
    ['DEL', "attachment; filename*=UTF-8''a%7f.png"],
    ['a C1 control', "attachment; filename*=UTF-8''a%c2%85.png"],
    ['ISO 8859-1 where UTF-8 is read', Buffer.from('attachment; filename="sn\xf6.png"', 'latin1')],
    [
      'half a character',
      Buffer.concat([Buffer.from('attachment; filename="a'), Buffer.from([0xe2, 0x82]), Buffer.from('.png"')]),
    ],
    [
      'overlong UTF-8',
      Buffer.concat([Buffer.from('attachment; filename="a'), Buffer.from([0xc0, 0xae]), Buffer.from('.png"')]),
    ],
    ['256 bytes', `attachment; filename="e${e255}"`],
    ['256 bytes of fewer characters', Buffer.from(`attachment; filename="${'é'.repeat(126)}.png"`)],
    ['an encoded word that is cut off', 'attachment; filename="=?utf-8?B?xbzDs8WCdy5w"'],
    ['an encoded word of an unknown charset', 'attachment; filename="=?nobody?Q?cat.png?="'],
    ['an encoded word of other bytes', 'attachment; filename="=?utf-8?Q?=ff.png?="'],
    ['an encoded line break', 'attachment; filename="=?utf-8?Q?a=0Ab.png?="'],
    ['filename* that cannot be read, alone', "attachment; filename*=UTF-8''%ff.png"],
  ])('that is %s: 400 invalid_filename, never a guess', async (_, disposition) => {
    const usage = async () => ((await ada.get('/me')).json as { usage: unknown }).usage;
    const before = await usage();
    for (const query of ['', '?filename=good.png']) {
      const { status, json } = await uploadAs(disposition, query);
      expect([status, json.code]).toEqual([400, 'invalid_filename']);
    }
    expect(await usage()).toEqual(before);
    expect(await app.models.Image.count()).toBe(0);
  });

  it('comes from the header, else ?filename=, else the part, else the id', async () => {
    const header = 'attachment; filename=header.png';
    expect((await uploadAs(header, '?filename=query.png')).json.name).toBe('header.png');
    expect((await uploadAs(null, '?filename=query.png')).json.name).toBe('query.png');
    expect((await uploadAs(null, '?filename=')).json.name).toMatch(/^[0-9a-f-]{36}\.png$/);
    const { json } = await uploadAs(null);
    expect(json.name).toBe(`${json.id}.png`);

    const form = (part: string, query = '', headers = {}) => {
      const body = Buffer.concat([Buffer.from(`--x\r\n${part}\r\n\r\n`), bytes, Buffer.from('\r\n--x--\r\n')]);
      return ada.upload(body, { query, headers: { 'content-type': 'multipart/form-data; boundary=x', ...headers } });
    };
    const part = 'Content-Disposition: form-data; name="file"; filename="part.png"';
    expect((await form(part)).json).toMatchObject({ name: 'part.png' });
    expect((await form(part, '?filename=q2.png')).json).toMatchObject({ name: 'q2.png' });
    expect(
      (await form(part, '?filename=q3.png', { 'content-disposition': 'attachment; filename=h3.png' })).json,
    ).toMatchObject({ name: 'h3.png' });
    const nameless = (await form('Content-Disposition: form-data; name="file"\r\nContent-Type: image/png'))
      .json as Image;
    expect(nameless.name).toBe(`${nameless.id}.png`);
    expect((await form('Content-Disposition: form-data; name="file"; filename="a\x01.png"')).code).toBe(
      'invalid_filename',
    );
  });

  it('is unique per owner, case-sensitive: cat.png, then cat-1.png; on_conflict=error is 409 name_taken', async () => {
    const names: string[] = [];
    for (const name of [
      'cat.png',
      'cat.png',
      'Cat.png',
      'cat.png',
      'cat-1.png',
      'cat',
      'cat',
      e255,
      e255,
      '.png',
      '.png',
    ]) {
      const answer = await ada.upload(bytes, { query: `?filename=${name}` });
      names.push((answer.json as Image).name);
    }
    expect(names).toEqual([
      ...['cat.png', 'cat-1.png', 'Cat.png', 'cat-2.png', 'cat-1-1.png', 'cat', 'cat-1'],
      ...[e255, `${'e'.repeat(249)}-1.png`, '.png', '.png-1'],
    ]);
    const taken = await ada.upload(bytes, { query: '?filename=cat.png&on_conflict=error' });
    expect([taken.status, taken.code]).toEqual([409, 'name_taken']);
    const free = await ada.upload(bytes, { query: '?filename=dog.png&on_conflict=error' });
    expect(free.status).toBe(201);
    const other = await app.as('bob', 'Basic');
    expect((await other.uploaded(bytes, 'cat.png')).name).toBe('cat.png');
  });

  it('of fifty uploads at once: fifty names, or one winner', async () => {
    const fifty = (query: string) => Promise.all(Array.from({ length: 50 }, () => ada.upload(bytes, { query })));
    const renamed = await fifty('?filename=many.png');
    expect(new Set(renamed.map(({ json }) => (json as Image).name)).size).toBe(50);
    const refused = await fifty('?filename=one.png&on_conflict=error');
    expect(refused.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(49).fill(409)]);
  });

  it('is changed by PATCH, by the same rules; a clash is 409, never a suffix', async () => {
    const { id } = await ada.uploaded(bytes, 'a.png');
    await ada.uploaded(bytes, 'b.png');
    const rename = (name: unknown) =>
      ada.call(`/image/${id}`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name }),
      });
    expect((await rename('folder/o\u0308.png')).json).toMatchObject({ id, name: 'ö.png' });
    expect((await rename('B.png')).status).toBe(200);
    const clash = await rename('b.png');
    expect([clash.status, clash.code]).toEqual([409, 'name_taken']);
    for (const bad of ['', ' ', '.', '..', 'a/', 'a\nb', 'a\u0000', '\ud800', `e${e255}`]) {
      const answer = await rename(bad);
      expect([bad, answer.status, answer.code]).toEqual([bad, 400, 'invalid_filename']);
    }
    for (const bad of [5, null, ['a.png'], { a: 1 }, undefined])
      expect((await rename(bad)).code).toBe('invalid_request');
    expect((await ada.image(id)).name).toBe('B.png');
  });
});
