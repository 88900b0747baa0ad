import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AccountModel } from '../../../server/accounts/account.model.ts';
import { createRateLimits, type RateLimitOptions } from '../../../server/http/rate-limits.ts';
import { defineRoute } from '../../../server/http/route.ts';
import { buildAccount } from '../../support/builders/build-account.ts';
import { buildTier } from '../../support/builders/build-tier.ts';
import { type OpenTestDatabase, openTestDatabase } from '../../support/open-test-database.ts';
import { type ServedRoutes, serveRoutes } from '../../support/serve-routes.ts';

const documentation = { operationId: 'x', tag: 'x', summary: 'x', responses: {}, errors: [] } as const;
const routes = [
  defineRoute({
    ...documentation,
    method: 'get',
    path: '/mine',
    auth: 'bearer',
    handler: async () => ({ status: 200, body: {} }),
  }),
  defineRoute({
    ...documentation,
    method: 'post',
    path: '/mine',
    auth: 'bearer',
    limitedAs: 'links',
    handler: async () => ({ status: 201, body: {} }),
  }),
  defineRoute({
    ...documentation,
    method: 'post',
    path: '/upload',
    auth: 'bearer',
    limitedAs: 'uploads',
    handler: async () => ({ status: 201, body: {} }),
  }),
  defineRoute({
    ...documentation,
    method: 'get',
    path: '/open',
    auth: 'none',
    handler: async () => ({ status: 200, body: {} }),
  }),
];
const none = { requestsPerMinute: null, uploadsPerMinute: null, linksPerMinute: null };

let database: OpenTestDatabase;
let accounts: AccountModel[];
const served: ServedRoutes[] = [];

beforeAll(async () => {
  database = await openTestDatabase();
  accounts = [await buildAccount(database.models), await buildAccount(database.models)];
});
afterAll(async () => {
  await Promise.all(served.map((each) => each.close()));
  await database.close();
});

async function serve(limits: Partial<RateLimitOptions>, shared = true) {
  const limitRate = createRateLimits({ ...none, ...limits, sequelize: shared ? database.another().sequelize : null });
  const each = await serveRoutes(routes, { models: database.models, limitRate });
  served.push(each);
  return (path: string, account?: AccountModel, method = 'GET') =>
    fetch(each.url + path, { method, ...(account && { headers: { authorization: `Bearer ${account.id}` } }) });
}

describe('rate limits', () => {
  it('are off where there are none', async () => {
    const ask = await serve({});
    const answer = await ask('/mine', accounts[0]);
    expect([answer.status, answer.headers.get('ratelimit')]).toEqual([200, null]);
  });

  it('count per account, and per address where nobody is logged in, whatever the token', async () => {
    const ask = await serve({ requestsPerMinute: 3 }, false);
    const statuses = async (path: string, account?: AccountModel) => {
      const answers = [];
      for (let n = 0; n < 4; n++) answers.push((await ask(path, account)).status);
      return answers;
    };
    expect(await statuses('/mine', accounts[0])).toEqual([200, 200, 200, 429]);
    expect(await statuses('/mine', accounts[1])).toEqual([200, 200, 200, 429]);
    expect(await statuses('/mine')).toEqual([401, 401, 401, 429]);
    expect((await ask('/open')).status).toBe(429);
  });

  it('say what is left, and when to come back', async () => {
    const ask = await serve({ requestsPerMinute: 2 }, false);
    const first = await ask('/open');
    expect(first.headers.get('ratelimit-policy')).toBe('"requests";q=2;w=60');
    expect(first.headers.get('ratelimit')).toMatch(/^"requests";r=1;t=(59|60)$/);
    await ask('/open');
    const over = await ask('/open');
    expect(over.headers.get('ratelimit')).toMatch(/^"requests";r=0;t=\d+$/);
    expect(Number(over.headers.get('retry-after'))).toBeGreaterThan(50);
    expect(await over.json()).toMatchObject({ code: 'rate_limited', status: 429 });
  });

  it('count some operations by themselves', async () => {
    const ask = await serve({ requestsPerMinute: 10, linksPerMinute: 1 }, false);
    const made = await ask('/mine', accounts[0], 'POST');
    expect(made.headers.get('ratelimit')).toMatch(/^"requests";r=9;t=\d+, "links";r=0;t=\d+$/);
    expect((await ask('/mine', accounts[0], 'POST')).status).toBe(429);
    expect((await ask('/mine', accounts[0])).status).toBe(200);
  });

  it('count for all servers together, exactly, when they share a database', async () => {
    const [one, other] = [await serve({ requestsPerMinute: 20 }), await serve({ requestsPerMinute: 20 })];
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, n) => (n % 2 ? one : other)('/mine', accounts[0])),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(20);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(40);
  });

  it('of the tier replace that of the service for requests, and come on top for uploads; a change applies at once', async () => {
    const tier = await buildTier(database.models, { requestsPerMinute: 2, uploadsPerHour: 1 });
    const account = await buildAccount(database.models, { tierId: tier.id });
    const ask = await serve({ requestsPerMinute: 20, uploadsPerMinute: 20 }, false);
    const first = await ask('/upload', account, 'POST');
    expect([first.status, first.headers.get('ratelimit-policy')]).toEqual([
      201,
      '"requests";q=2;w=60, "uploads";q=20;w=60, "uploads-hour";q=1;w=3600',
    ]);
    const over = await ask('/upload', account, 'POST');
    expect([over.status, Number(over.headers.get('retry-after')) > 3_000]).toEqual([429, true]);
    expect(await over.json()).toMatchObject({
      detail: expect.stringMatching(/^Too many uploads in an hour\. Wait \d+/),
    });
    expect((await ask('/mine', account)).status).toBe(429);
    expect((await ask('/mine', accounts[0])).headers.get('ratelimit-policy')).toBe('"requests";q=20;w=60');
    await tier.update({ requestsPerMinute: null, uploadsPerHour: 5 });
    expect((await ask('/upload', account, 'POST')).status).toBe(201);
  });

  it('go on in each server while the database is away', async () => {
    const lost = database.another().sequelize;
    const limitRate = createRateLimits({ ...none, requestsPerMinute: 2, sequelize: lost });
    const each = await serveRoutes(routes, { limitRate });
    served.push(each);
    await lost.close();
    const statuses = [];
    for (let n = 0; n < 3; n++) statuses.push((await fetch(`${each.url}/open`)).status);
    expect(statuses).toEqual([200, 200, 429]);
  });
});
