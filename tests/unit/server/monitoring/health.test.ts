import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type HealthDeps, healthRoutes } from '../../../../server/monitoring/health.routes.ts';
import { type ServedRoutes, serveRoutes } from '../../../support/serve-routes.ts';

describe('health', () => {
  let served: ServedRoutes;
  afterEach(() => served.close());

  async function serve(deps: Partial<HealthDeps['checks']>, rest: Partial<HealthDeps> = {}) {
    const checks = { database: async () => {}, store: async () => {}, ...deps };
    served = await serveRoutes(healthRoutes({ checks, functionHealth: () => ({ status: 'ok' }), ...rest }));
    return (path: string, init?: RequestInit) => fetch(served.url + path, init);
  }

  it('is ready when database and store work', async () => {
    const ask = await serve({});
    const answer = await ask('/readyz');
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ status: 'ready', database: 'ok', store: 'ok', function: { status: 'ok' } });
    expect((await ask('/readyz/')).status).toBe(200);
  });

  it('names what does not work, and nothing of why', async () => {
    const ask = await serve({ store: () => Promise.reject(new Error('/data/objects is gone')) });
    const answer = await ask('/readyz');
    expect(answer.status).toBe(503);
    const text = await answer.text();
    expect(JSON.parse(text)).toMatchObject({ database: 'ok', store: 'does not work' });
    expect(text).not.toContain('gone');
    expect((await ask('/healthz')).status).toBe(200);
  });

  it('asks database and store once for all who ask within a moment', async () => {
    let asked = 0;
    const store = async () => {
      asked += 1;
    };
    const ask = await serve({ store }, { keptMilliseconds: 60_000 });
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask('/readyz')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(asked).toBe(1);
  });

  it('asks again after that moment', async () => {
    let works = true;
    const store = async () => {
      if (!works) throw new Error('away');
    };
    const ask = await serve({ store }, { keptMilliseconds: 50 });
    expect((await ask('/readyz')).status).toBe(200);
    works = false;
    while ((await ask('/readyz')).status === 200) await sleep(20);
    works = true;
    while ((await ask('/readyz')).status === 503) await sleep(20);
  });

  it('takes a check that hangs or throws for one that fails', async () => {
    const ask = await serve({
      database: () => new Promise(() => {}),
      store: () => {
        throw new Error('no');
      },
    });
    const started = performance.now();
    const answer = await ask('/readyz');
    expect(await answer.json()).toMatchObject({ database: 'does not work', store: 'does not work' });
    expect(performance.now() - started).toBeLessThan(3_000);
  });

  it('reports the function, which does not decide', async () => {
    const ask = await serve({}, { functionHealth: () => ({ status: 'down', detail: 'secret path', queued: 3 }) });
    const answer = await ask('/readyz');
    expect(answer.status).toBe(200);
    expect((await answer.json()).function).toEqual({ status: 'down', queued: 3 });
  });

  it('says what this system cannot keep the decoder away with', async () => {
    const missingProtections = ['namespaces', 'account'] as const;
    const ask = await serve({}, { functionHealth: () => ({ status: 'ok', missingProtections }) });
    expect((await (await ask('/readyz')).json()).function).toEqual({ status: 'ok', missingProtections });
  });

  it('names what the store refuses for good, which does not decide', async () => {
    const refusal = { operation: 'delete', bucket: 'originals', reason: 'AccessDenied', since: new Date() } as const;
    const ask = await serve({}, { storeRefusals: () => [refusal] });
    const answer = await ask('/readyz');
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      store: 'ok',
      storeRefuses: [{ operation: 'delete', bucket: 'originals' }],
    });
  });

  it('is not ready once it stops', async () => {
    const ask = await serve({}, { stopping: AbortSignal.abort() });
    expect(await (await ask('/readyz')).json()).toMatchObject({ status: 'stopping', database: 'ok' });
  });

  it('takes no other method', async () => {
    const answer = await (await serve({}))('/healthz', { method: 'POST' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
  });
});
