import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PanelClient } from '../support/panel/panel-client.ts';
import { type Answer, type App, password, picture, startApp } from '../support/start-app.ts';

let app: App;
beforeAll(async () => {
  app = await startApp({
    environment: { RATE_LIMIT_REQUESTS: '12', RATE_LIMIT_UPLOADS: '1', RATE_LIMIT_LINKS: '1' },
  });
}, 120_000);
afterAll(() => app.close());

interface TrpcAnswer {
  result?: unknown;
  error?: { message: string; data: { code: string; httpStatus: number } };
}

const batchOf = (calls: number) => `/trpc/${Array(calls).fill('me').join(',')}?batch=1&input={}`;
const countsOf = ({ headers }: Answer) => [headers.get('ratelimit-policy'), headers.get('ratelimit')];

describe('rate limits over REST and tRPC', () => {
  it('count together, and each call of a batch as one', async () => {
    const ada = await app.as('ada', 'Basic');
    const [policy, left] = countsOf(await ada.get(batchOf(10)));
    expect([policy, left]).toEqual(['"requests";q=12;w=60', expect.stringMatching(/^"requests";r=\d+;t=\d+$/)]);
    expect(countsOf(await ada.get('/me'))[1]).toMatch(/^"requests";r=1;t=/);

    const mixed = await ada.get(batchOf(3));
    const answers = mixed.json as TrpcAnswer[];
    expect([mixed.status, answers.filter(({ result }) => result).length]).toEqual([207, 1]);
    expect(Number(mixed.headers.get('retry-after'))).toBeGreaterThan(30);

    const over = await ada.get('/trpc/me');
    expect(over.status).toBe(429);
    expect(over.json).toMatchObject({
      error: { message: expect.stringMatching(/^Too many requests/), data: { code: 'rate_limited', httpStatus: 429 } },
    });
    expect(Number(over.headers.get('retry-after'))).toBeGreaterThan(30);
    expect((await ada.get('/me')).code).toBe('rate_limited');
  });

  it('count a batch whose answers are streamed', async () => {
    const bea = await app.as('bea', 'Basic');
    const answer = await bea.get(batchOf(15), { 'trpc-accept': 'application/jsonl' });
    expect(answer.text.match(/"code":"rate_limited"/g)).toHaveLength(3);
    expect((await bea.get('/trpc/me')).status).toBe(429);
  });

  it('count uploads and links by themselves, whichever way they come', async () => {
    const cleo = await app.as('cleo', 'Enterprise');
    const upload = async (path: string, seed: number) =>
      cleo.call(path, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        body: await picture(seed),
      });
    const first = await upload('/trpc/images.upload', 1);
    expect([first.status, countsOf(first)[0]]).toEqual([200, '"requests";q=12;w=60, "uploads";q=1;w=60']);
    expect((await upload('/image/upload', 2)).code).toBe('rate_limited');
    expect((await upload('/trpc/images.upload', 3)).status).toBe(429);

    const { id } = (first.json as { result: { data: { id: string } } }).result.data;
    expect((await cleo.post('/trpc/links.create', { image: id, expireTime: 300 })).status).toBe(200);
    expect((await cleo.post('/image/expiring/', { image: id, expire_time: 300 })).status).toBe(429);
    expect((await cleo.get('/me')).status).toBe(200);
  });

  it('count who is not logged in, or whose token does not do, by address', async () => {
    const statuses: number[] = [];
    for (let at = 0; at < 14; at += 1) statuses.push((await app.call('/trpc/me')).status);
    expect(statuses.at(0)).toBe(401);
    expect(statuses.at(-1)).toBe(429);
    expect((await app.post('/trpc/auth.token', { username: 'ada', password: 'x' })).status).toBe(429);
  });
});

describe('rate limits of the panel', () => {
  it('are counted apart and let staff work on, far above what a program may do; over them is a message', async () => {
    const panel = new PanelClient(app.url, app.url);
    expect((await panel.login('admin', password)).status).toBe(303);
    const list = '/admin/api/resources/users/actions/list';
    let answer = await panel.get(list);
    for (let at = 0; at < 12; at += 1) answer = await panel.get(list);
    expect([answer.status, answer.headers.get('ratelimit-policy')]).toEqual([200, '"panel";q=300;w=60']);

    // This server asks the others every few requests.
    await app.sequelize.query(`UPDATE rate_limits SET points = 300 WHERE key LIKE 'rate-panel%'`);
    for (let at = 0; at < 6 && answer.status === 200; at += 1) answer = await panel.get(list);
    expect([answer.status, Number(answer.headers.get('retry-after')) > 30]).toEqual([429, true]);
    expect(await answer.json()).toMatchObject({
      notice: { type: 'error', message: expect.stringMatching(/^Too many requests in a minute\. Wait/) },
    });
    expect((await panel.get('/admin', { accept: 'text/html' })).status).toBe(429);
    expect((await new PanelClient(app.url, app.url).login('admin', password)).status).toBe(303);
  });
});
