import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Image } from '../../core/contracts/image.ts';
import { type App, type Client, password, picture, startApp } from '../support/start-app.ts';

let one: App;
let two: App;
let ada: Client;

beforeAll(async () => {
  one = await startApp();
  two = await startApp({ beside: one, environment: { PUBLIC_URL: one.url } });
  ada = await one.as('ada', 'Enterprise');
}, 120_000);
afterAll(async () => {
  await two.close();
  await one.close();
});

const atTwo = (path: string) => two.url + path;

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 30_000; !(await isSo()); await sleep(50)) {
    if (Date.now() > deadline) throw new Error('it did not come to that');
  }
}

describe('two servers of one database and one store', () => {
  it('take the tokens and give the bytes of each other', async () => {
    const bytes = await picture(1, 300, 200);
    const { id } = await ada.uploaded(bytes);
    const image = (await ada.get(atTwo(`/image/${id}`))).json as Image;
    expect(image).toEqual(await ada.image(id));
    const elsewhere = (url: string) => url.replace(one.url, two.url);
    expect(
      (await two.call(elsewhere(image.original?.url ?? ''), { headers: { host: `127.0.0.1:${one.port}` } })).status,
    ).toBe(200);
    const { url } = await ada.link({ image: id, expire_time: 600 });
    expect((await two.call(elsewhere(url))).bytes).toEqual(bytes);
  });

  it('tell a listener of the one what happens at the other', async () => {
    const abort = new AbortController();
    const headers = { authorization: ada.authorization };
    const stream = await fetch(atTwo('/image/events'), { headers, signal: abort.signal });
    const { id } = await ada.uploaded(await picture(2), 'told.png');
    await ada.call(`/image/${id}`, { method: 'DELETE' });
    let heard = '';
    for await (const chunk of stream.body ?? []) {
      heard += Buffer.from(chunk).toString();
      if (heard.includes('"deleted":true')) break;
    }
    abort.abort();
    expect(heard).toContain('told.png');
    expect(heard).toContain(`"id":"${id}","deleted":true`);
  });

  it('know that a request with the same key runs at the other, and free the key when it ends', async () => {
    const bytes = await picture(3);
    const headers = {
      authorization: ada.authorization,
      'content-type': 'image/png',
      'idempotency-key': 'of-one-of-two-servers',
    };
    const slow = request(`${one.url}/image/upload?filename=once.png`, { method: 'POST', headers });
    slow.on('error', () => {});
    slow.write(bytes.subarray(0, 50));
    const atOther = () =>
      two.call('/image/upload?filename=once.png', { method: 'POST', headers, body: new Uint8Array(bytes) });
    // Nothing is known of a request before it has arrived.
    await until(async () => (await one.models.IdempotencyKey.count()) > 0);
    let answer = await atOther();
    expect(answer).toMatchObject({ status: 409, code: 'idempotency_running' });
    slow.destroy();
    for (const deadline = Date.now() + 10_000; answer.status === 409 && Date.now() < deadline; ) {
      await sleep(100);
      answer = await atOther();
    }
    expect(answer.status).toBe(201);
    expect((await atOther()).json).toMatchObject({ id: (answer.json as Image).id });
    const images = (await ada.get('/image/all?name=once')).json as Image[];
    expect(images.map(({ name }) => name)).toEqual(['once.png']);
  });

  it('give one name to one of two uploads that come at once', async () => {
    const send = async (url: string, seed: number) =>
      ada.call(`${url}/image/upload?filename=same.png`, {
        method: 'POST',
        headers: { 'content-type': 'image/png' },
        body: await picture(seed),
      });
    const answers = await Promise.all(Array.from({ length: 6 }, (_, at) => send(at % 2 ? one.url : two.url, at + 10)));
    const names = answers.map(({ json }) => (json as Image).name).sort();
    expect(names).toEqual(['same-1.png', 'same-2.png', 'same-3.png', 'same-4.png', 'same-5.png', 'same.png']);
  });

  it('count failed logins together', async () => {
    await one.as('guessed', 'Basic');
    const statuses: number[] = [];
    for (let at = 0; at < 12; at++) {
      const { url } = at % 2 ? one : two;
      statuses.push((await one.post(`${url}/token/`, { username: 'guessed', password: `guess ${at}` })).status);
    }
    expect(statuses).toEqual([...Array(10).fill(401), 429, 429]);
    for (const { url } of [one, two]) {
      expect((await one.post(`${url}/token/`, { username: 'guessed', password })).status).toBe(429);
    }
  });

  it('give the same pair for one refresh token that is sent to both', async () => {
    const { refresh } = await one.logIn('ada');
    const answers = await Promise.all([one, two].map(({ url }) => one.post(`${url}/token/refresh/`, { refresh })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(answers[1]!.json).toEqual(answers[0]!.json);
  });

  it('do the work that the other one leaves when it ends', async () => {
    const leaving = await startApp({ beside: one, environment: { PUBLIC_URL: one.url } });
    const images: string[] = [];
    const bea = await one.as('bea', 'Basic');
    for (let at = 0; at < 6; at++) {
      const answer = await bea.call(`${leaving.url}/image/upload?filename=left-${at}.png`, {
        method: 'POST',
        headers: { 'content-type': 'image/png' },
        body: await picture(at + 20, 900, 600),
      });
      images.push((answer.json as Image).id);
    }
    const { id: tierId } = await one.tier('Premium');
    await leaving.useCases.accounts.update(null, bea.id, { tierId }, null);
    await leaving.close();
    for (const id of images) {
      let image = await bea.image(id);
      for (const deadline = Date.now() + 90_000; image.pendingHeights.length > 0 && Date.now() < deadline; ) {
        await sleep(200);
        image = await bea.image(id);
      }
      expect(image).toMatchObject({ status: 'ready', thumbnails: [{ tierHeight: 200 }, { tierHeight: 400 }] });
    }
    await until(async () => (await one.models.Job.count({ where: { state: ['queued', 'running'] } })) === 0);
  }, 120_000);
});
