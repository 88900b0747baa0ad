import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Image } from '../../core/contracts/image.ts';
import type { Link } from '../../core/contracts/link.ts';
import { type App, type Client, picture, startApp } from '../support/start-app.ts';

let app: App;
let ada: Client;
let bytes: Buffer;
let image: Image;

beforeAll(async () => {
  app = await startApp();
  ada = await app.as('ada', 'Enterprise');
  bytes = await picture(1, 500, 500);
  image = await ada.uploaded(bytes, 'cat ä.png');
}, 60_000);
afterAll(() => app.close());

const create = (parameters: string, as = ada) => as.call(`/image/expiring/?${parameters}`, { method: 'POST' });

describe('expire_time', () => {
  it.each(['300', '30000', '0300'])('%s is a number of seconds within the bounds', async (seconds) => {
    const answer = await create(`image=${image.id}&expire_time=${seconds}`);
    expect(answer.status).toBe(201);
    const link = answer.json as Link;
    expect(link).toEqual({
      id: expect.any(String),
      url: expect.stringMatching(/\/e\/[\w-]{43}$/),
      image: image.id,
      imageName: 'cat ä.png',
      expireTime: Number(seconds),
      expiresAt: new Date(new Date(link.createdAt).getTime() + Number(seconds) * 1000).toISOString(),
      maxUses: null,
      uses: 0,
      createdAt: expect.any(String),
    });
  });

  const bad = [
    '',
    '299',
    '30001',
    '0',
    '-300',
    '%2B300',
    '+300',
    '300.0',
    '3e2',
    '0x12c',
    '300%20',
    '300%0a',
    '%D9%A3%D9%A0%D9%A0',
    '３００',
    '1e309',
    `${2 ** 31}`,
    `${2 ** 53}`,
    '9'.repeat(400),
    'NaN',
    'true',
    'null',
  ];
  it.each(bad)('%s is 400, naming the bounds', async (seconds) => {
    const answer = await create(`image=${image.id}&expire_time=${seconds}`);
    expect([answer.status, answer.code]).toEqual([400, 'invalid_request']);
    expect(answer.json).toMatchObject({
      errors: [{ path: 'expire_time', message: expect.stringContaining('300 to 30000') }],
    });
  });

  it('is a JSON integer, or digits, and nothing else', async () => {
    const statuses: Record<string, number> = {};
    for (const seconds of [300, '300', 300.5, true, null, [300], { a: 300 }, '300.0', -300]) {
      const answer = await ada.post('/image/expiring/', { image: image.id, expire_time: seconds });
      statuses[JSON.stringify(seconds)] = answer.status;
    }
    const ok = { '300': 201, '"300"': 201 };
    const no = ['300.5', 'true', 'null', '[300]', '{"a":300}', '"300.0"', '-300'].map((text) => [text, 400]);
    expect(statuses).toEqual({ ...ok, ...Object.fromEntries(no) });
  });
});

it('checks the parameters, then the image, then the tier', async () => {
  const bob = await app.as('bob', 'Premium');
  await bob.uploaded(bytes, 'b.png');
  const answers = [
    await create('image=nothing&expire_time=1', bob),
    await create('image=nothing&expire_time=300', bob),
    await create('image=b.png&expire_time=300', bob),
    await create('image=B.png&expire_time=300'),
    await create(`image=${encodeURIComponent('cat ä.png')}&expire_time=300`),
  ];
  expect(answers.map(({ status, code }) => [status, code])).toEqual([
    [400, 'invalid_request'],
    [404, 'not_found'],
    [403, 'tier_forbids'],
    [404, 'not_found'],
    [201, undefined],
  ]);
});

describe('max_uses and height', () => {
  it('are 1 to 10,000, and a height of the tier', async () => {
    const rest = `image=${image.id}&expire_time=300`;
    for (const [more, status] of [
      ['max_uses=1', 201],
      ['max_uses=10000', 201],
      ['max_uses=0', 400],
      ['max_uses=10001', 400],
      ['max_uses=-1', 400],
      ['max_uses=1.5', 400],
      ['height=200', 201],
      ['height=400', 201],
      ['height=201', 400],
      ['height=0', 400],
      ['height=-200', 400],
      ['height=', 201],
    ] as const) {
      expect([more, (await create(`${rest}&${more}`)).status]).toEqual([more, status]);
    }
  });

  it('exactly max_uses of fifty at once are answered; HEAD, 304 and 416 are no uses', async () => {
    const link = await ada.link({ image: image.id, expire_time: 300, max_uses: 7 });
    const head = await app.call(link.url, { method: 'HEAD' });
    expect(head.status).toBe(200);
    const tag = head.headers.get('etag') ?? '';
    expect((await app.call(link.url, { headers: { 'if-none-match': tag } })).status).toBe(304);
    expect((await app.call(link.url, { headers: { range: 'bytes=99999999-' } })).status).toBe(416);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => app.call(link.url, i % 2 ? {} : { headers: { range: 'bytes=0-9' } })),
    );
    expect(answers.filter(({ status }) => status === 200 || status === 206)).toHaveLength(7);
    expect(answers.filter(({ status, code }) => status === 410 && code === 'link_ended')).toHaveLength(43);
    const listed = (await ada.get(`/image/expiring/?image=${image.id}`)).json as Link[];
    expect(listed.find(({ id }) => id === link.id)).toMatchObject({ uses: 7, maxUses: 7 });
  });
});

it('nothing serves it one second after expiresAt, whatever is asked', async () => {
  await app.useCases.tiers.create(
    null,
    { name: 'Short', thumbnailHeights: [50], expiringLink: true, expiringLinkMinSeconds: 1, expiringLinkMaxSeconds: 5 },
    null,
  );
  const eve = await app.as('eve', 'Short');
  const { id } = await eve.uploaded(bytes, 'e.png');
  const links = [
    await eve.link({ image: id, expire_time: 1 }),
    await eve.link({ image: id, expire_time: 1, height: 50 }),
    await eve.link({ image: id, expire_time: 1, max_uses: 100 }),
  ];
  const tags = await Promise.all(links.map(async ({ url }) => (await app.call(url)).headers.get('etag') ?? ''));
  const last = Math.max(...links.map(({ expiresAt }) => new Date(expiresAt).getTime()));
  await wait(last - Date.now() + 100);
  for (const [at, { url }] of links.entries()) {
    const asked: Record<string, string>[] = [
      {},
      { range: 'bytes=0-9' },
      { 'if-none-match': tags[at] ?? '' },
      { 'if-modified-since': new Date().toUTCString() },
    ];
    for (const headers of asked) {
      for (const method of ['GET', 'HEAD']) {
        const answer = await app.call(url, { method, headers });
        expect([method, headers, answer.status]).toEqual([method, headers, 410]);
        expect(answer.headers.get('etag')).toBeNull();
      }
    }
  }
});

it('revoked is 410, of another 404, tampered 404; a list has what is left', async () => {
  const link = await ada.link({ image: image.id, expire_time: 300 });
  const bob = await app.as('bert', 'Enterprise');
  expect((await bob.call(`/image/expiring/${link.id}`, { method: 'DELETE' })).status).toBe(404);
  const token = link.url.split('/').at(-1) ?? '';
  const flipped = `${token.slice(0, 5)}${token[5] === 'A' ? 'B' : 'A'}${token.slice(6)}`;
  for (const wrong of [flipped, token.slice(0, -1), `${token}=`, `${token}A`, token.toUpperCase(), link.id, 'x']) {
    expect([wrong, (await app.call(`/e/${wrong}`)).status]).toEqual([wrong, 404]);
  }
  expect((await app.call(`/api/e/${token}/`)).bytes.equals(bytes)).toBe(true);
  expect((await ada.call(`/api/images/expiring/${link.id}/`, { method: 'DELETE' })).status).toBe(204);
  expect((await app.call(link.url)).status).toBe(410);
  expect((await ada.get('/image/expiring')).text).not.toContain(link.id);
});
