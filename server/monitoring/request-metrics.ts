import type { Request, Response } from 'express';
import { Counter, Histogram, type Registry } from 'prom-client';

export interface RequestMetrics {
  /** Counts every request and how long it took, by what was asked and how it ended. */
  countRequest(req: Request, res: Response): void;
  /** An upload that counts the bytes of what it took in. */
  countUploads<Arguments extends unknown[], Result extends { image: { bytes: number }; replayed: boolean }>(
    upload: (...args: Arguments) => Promise<Result>,
  ): (...args: Arguments) => Promise<Result>;
}

const requestSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** What a process that answers requests counts. */
export function createRequestMetrics(registry: Registry): RequestMetrics {
  const registers = [registry];
  const requestCount = new Counter({
    name: 'darkroom_http_requests_total',
    help: 'Requests, by route and how they ended.',
    labelNames: ['method', 'route', 'status'],
    registers,
  });
  const requestTime = new Histogram({
    name: 'darkroom_http_request_duration_seconds',
    help: 'From the first byte of a request to the last of its answer.',
    labelNames: ['method', 'route'],
    buckets: requestSeconds,
    registers,
  });
  const uploadedBytes = new Counter({
    name: 'darkroom_upload_bytes_total',
    help: 'Bytes of originals that were stored.',
    registers,
  });

  return {
    countRequest: (req, res) => {
      const startedAt = performance.now();
      res.once('close', () => {
        const [method, route] = [methodOf(req), routeOf(req, res)];
        const status = res.writableFinished ? String(res.statusCode) : 'aborted';
        requestCount.inc({ method, route, status });
        requestTime.observe({ method, route }, (performance.now() - startedAt) / 1000);
      });
    },
    countUploads:
      (upload) =>
      async (...args) => {
        const result = await upload(...args);
        if (!result.replayed) uploadedBytes.inc(result.image.bytes);
        return result;
      },
  };
}

const methods = new Set(['GET', 'HEAD', 'POST', 'PATCH', 'DELETE', 'OPTIONS']);

function methodOf(req: Request): string {
  return methods.has(req.method) ? req.method : 'other';
}

/** A few words, never an address: each new value of a label is kept for as long as the process lives. */
function routeOf(req: Request, res: Response): string {
  if (typeof res.locals.route === 'string') return res.locals.route;
  return /^\/(admin|trpc|objects)(?=[/?]|$)/.exec(req.originalUrl)?.[0] ?? 'unknown';
}
