import { request } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import express from 'express';
import { pino } from 'pino';
import type { TrustProxy } from '../../../server/config/parsers.ts';
import { mountRoutes } from '../../../server/http/mount-routes.ts';
import { problemHandler } from '../../../server/http/problem.ts';
import { createBackgroundMetrics } from '../../../server/monitoring/background-metrics.ts';
import { metricsRoutes } from '../../../server/monitoring/metrics.routes.ts';
import { createRegistry } from '../../../server/monitoring/registry.ts';
import { createRequestMetrics } from '../../../server/monitoring/request-metrics.ts';
import { type OpenTestDatabase, openTestDatabase } from '../../support/open-test-database.ts';

let database: OpenTestDatabase;
const closers: (() => void)[] = [];

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(async () => {
  for (const close of closers) close();
  await database.close();
});

type Metrics = ReturnType<typeof metricsOf>;

function metricsOf(sequelize = database.sequelize) {
  const registry = createRegistry(sequelize);
  const ofBackground = createBackgroundMetrics({
    registry,
    sequelize,
    functionHealth: () => ({ status: 'ok', queued: 3 }),
    sweepStatus: () => ({
      lastRunAt: new Date(1_700_000_000_000),
      lastRunSeconds: 0.25,
      counts: { asked: 1, found: 2, ended: 3, cleared: 4, purged: 5 },
      faults: { images: 'away' },
    }),
    storeRefusals: () => [{ operation: 'delete', bucket: 'originals', reason: 'AccessDenied', since: new Date() }],
  });
  const readMetrics = async () => ({ contentType: registry.contentType, text: await registry.metrics() });
  return { ...createRequestMetrics(registry), ...ofBackground, readMetrics };
}

async function serve(
  metrics: Metrics,
  {
    token = null as string | null,
    trustProxy = false as TrustProxy,
    host = '127.0.0.1',
    publicUrl = 'http://localhost:8000',
  } = {},
) {
  const app = express();
  app.set('trust proxy', trustProxy);
  app.use((req, res, next) => {
    metrics.countRequest(req, res);
    next();
  });
  app.use(
    mountRoutes(
      metricsRoutes({ readMetrics: metrics.readMetrics, metricsToken: token, config: { publicUrl, trustProxy } }),
      {
        authenticate: async () => {
          throw new Error('nobody logs in here');
        },
      },
    ),
  );
  app.use(problemHandler(pino({ level: 'silent' })));
  const server = app.listen(0, host);
  await new Promise((resolve) => server.once('listening', resolve));
  closers.push(
    () => server.closeAllConnections(),
    () => void server.close(),
  );
  return (server.address() as { port: number }).port;
}

const outsideAddress = Object.values(networkInterfaces())
  .flat()
  .find((each) => each?.family === 'IPv4' && !each.internal)?.address;

describe('GET /metrics', () => {
  it('has what an operator looks for, in the format of Prometheus', async () => {
    const metrics = metricsOf();
    const port = await serve(metrics);
    const url = `http://127.0.0.1:${port}`;
    await fetch(`${url}/unknown/0199-some-id`);
    await metrics.countUploads(async () => ({ image: { bytes: 1234 }, replayed: false }))();
    await metrics.countUploads(async () => ({ image: { bytes: 1 }, replayed: true }))();
    const invoker = metrics.timeFunction({
      invoke: async () => {},
      health: () => ({ status: 'ok' }),
      close: async () => {},
    });
    await invoker.invoke({ originalKey: 'a/b' });
    for (const originalKey of ['a/b', 'c/d']) {
      expect(await metrics.functionEnded({ originalKey }, 'result', async (answer) => answer)).toEqual({ originalKey });
    }
    await fetch(`${url}/metrics/`);
    const answer = await fetch(`${url}/metrics`);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4; charset=utf-8$/);
    const text = await answer.text();
    for (const line of [
      'darkroom_http_requests_total{method="GET",route="unknown",status="404"} 1',
      'darkroom_http_requests_total{method="GET",route="/metrics",status="200"} 1',
      'darkroom_http_request_duration_seconds_count{method="GET",route="/metrics"} 1',
      'darkroom_upload_bytes_total 1234',
      'darkroom_function_duration_seconds_count{outcome="result"} 1',
      'darkroom_function_up 1',
      'darkroom_function_queue 3',
      'darkroom_sweep_last_run_timestamp_seconds 1700000000',
      'darkroom_sweep_faults 1',
      'darkroom_store_refusals{operation="delete",bucket="originals"} 1',
      'darkroom_sweep_mended{what="purged"} 5',
      'darkroom_database_connections{state="waiting"} 0',
      'darkroom_backlog{kind="images_due"} 0',
      'darkroom_backlog{kind="jobs"} 0',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
    expect(text).toMatch(/nodejs_eventloop_lag_p99_seconds/);
    expect(text).not.toContain('some-id');
    expect((await fetch(`${url}/metrics`, { method: 'HEAD' })).status).toBe(200);
    expect((await fetch(`${url}/metrics`, { method: 'POST' })).status).toBe(405);
  });

  it('answers without a database too', async () => {
    const away = database.another().sequelize;
    await away.close();
    const text = await (await fetch(`http://127.0.0.1:${await serve(metricsOf(away))}/metrics`)).text();
    expect(text).toMatch(/darkroom_function_up 1/);
    expect(text).not.toMatch(/darkroom_backlog\{/);
  });

  it('wants its token, from wherever it is asked', async () => {
    const port = await serve(metricsOf(), { token: 'a-token-of-metrics' });
    const ask = async (authorization?: string) =>
      fetch(`http://127.0.0.1:${port}/metrics`, { headers: authorization ? { authorization } : {} });
    expect((await ask('Bearer a-token-of-metrics')).status).toBe(200);
    for (const given of [
      undefined,
      'Bearer ',
      'Bearer a-token-of-metric',
      'Bearer a-token-of-metricss',
      'Basic YQ==',
    ]) {
      const answer = await ask(given);
      expect([given, answer.status]).toEqual([given, 401]);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
    }
    expect((await fetch(`http://127.0.0.1:${port}/metrics?token=a-token-of-metrics`)).status).toBe(401);
  });

  const statusOf = (port: number, headers: Record<string, string>) =>
    new Promise<number | undefined>((resolve, reject) => {
      const asked = request({ port, host: '127.0.0.1', path: '/metrics', headers, agent: false }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      asked.on('error', reject).end();
    });

  it('without a token is for this machine alone, and for nobody behind a proxy on it', async () => {
    const port = await serve(metricsOf());
    for (const host of ['localhost', `localhost:${port}`, `127.0.0.1:${port}`, '127.0.0.2', `[::1]:${port}`]) {
      expect([host, await statusOf(port, { host })]).toEqual([host, 200]);
    }
    const strangers: Record<string, string>[] = [
      { 'x-forwarded-for': '203.0.113.9' },
      { 'x-forwarded-for': '127.0.0.1' },
      { forwarded: 'for=127.0.0.1' },
      { 'x-forwarded-proto': 'https' },
      { 'x-forwarded-host': 'localhost' },
      { 'cf-connecting-ip': '127.0.0.1' },
      { host: 'photos.example.com' },
      { host: 'localhost.example.com' },
      { host: '127.0.0.1.example.com' },
      { host: '192.0.2.1' },
    ];
    for (const headers of strangers) expect([headers, await statusOf(port, headers)]).toEqual([headers, 403]);
  });

  it('without a token is for nobody where the settings tell of a proxy, or of people from elsewhere', async () => {
    for (const trustProxy of [1, ['loopback']] satisfies TrustProxy[]) {
      expect(await statusOf(await serve(metricsOf(), { trustProxy }), {})).toBe(403);
    }
    expect(await statusOf(await serve(metricsOf(), { publicUrl: 'https://photos.example.com' }), {})).toBe(403);
    for (const publicUrl of ['http://127.0.0.1:8000', 'http://[::1]:8000/photos', 'https://localhost']) {
      expect(await statusOf(await serve(metricsOf(), { publicUrl }), {})).toBe(200);
    }
  });

  (outsideAddress ? it : it.skip)('is not for who says to be this machine from outside of it', async () => {
    const port = await serve(metricsOf(), { host: '0.0.0.0' });
    const text = await new Promise<string>((resolve) => {
      const socket = connect(port, outsideAddress ?? '', () => {
        socket.write('GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
      });
      let received = '';
      socket.on('data', (chunk) => {
        received += chunk;
      });
      socket.on('close', () => resolve(received));
    });
    expect(text).toMatch(/^HTTP\/1\.1 403 /);
  });
});
