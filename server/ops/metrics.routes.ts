import type { Request } from 'express';
import { AppError } from '../../core/errors.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { hasSharedToken } from '../http/shared-token.ts';
import type { Metrics } from './metrics.ts';

export interface MetricsRoutesDeps {
  metrics: Pick<Metrics, 'contentType' | 'text'>;
  /** Null: whoever asks from this machine may read them. */
  metricsToken: string | null;
}

export function metricsRoutes({ metrics, metricsToken }: MetricsRoutesDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/metrics',
      operationId: 'metrics',
      tag: 'Service',
      summary: 'Figures for Prometheus',
      description:
        'With `Authorization: Bearer` and the METRICS_TOKEN of the settings; where none is set, from the machine itself alone, and not through a proxy.',
      auth: 'none',
      limitedAs: 'nothing',
      headers: { Authorization: '`Bearer METRICS_TOKEN`' },
      responses: { 200: { description: 'The text format of Prometheus.', contentTypes: ['text/plain'] } },
      errors: ['not_authenticated', 'permission_denied'],
      handler: async ({ req, res }) => {
        if (metricsToken === null) requireLoopback(req);
        else requireToken(req, metricsToken);
        const body = await metrics.text();
        res.setHeader('Cache-Control', 'no-store');
        res.setHeader('Content-Type', metrics.contentType);
        res.setHeader('Content-Length', Buffer.byteLength(body));
        res.status(200).end(req.method === 'HEAD' ? undefined : body);
        return undefined;
      },
    }),
  ];
}

function requireToken(req: Request, token: string): void {
  if (hasSharedToken(req, token)) return;
  throw new AppError('not_authenticated', 'Send the METRICS_TOKEN: `Authorization: Bearer …`.');
}

const forwardingHeaders = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'];

/**
 * By the address of the connection, which nobody can choose. A proxy on this machine connects from here for the whole
 * world: what it forwards says so, and is not from here.
 */
function requireLoopback(req: Request): void {
  const isLoopback = /^(127\.|::1$|::ffff:127\.)/.test(req.socket.remoteAddress ?? '');
  if (isLoopback && !forwardingHeaders.some((name) => req.headers[name] !== undefined)) return;
  throw new AppError('permission_denied', 'Figures are for this machine alone, unless METRICS_TOKEN is set.');
}
