import type { Request } from 'express';
import { AppError } from '../../core/errors.ts';
import type { Config } from '../config.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { hasSharedToken } from '../http/shared-token.ts';
import { isLoopbackAddress } from '../kernel/client-address.ts';

/** All of it as Prometheus reads it. */
export interface MetricsText {
  contentType: string;
  text: string;
}

export interface MetricsRoutesDeps {
  readMetrics(): Promise<MetricsText>;
  /** Null: whoever asks from this machine may read them, as far as that can be told. */
  metricsToken: string | null;
  config: Pick<Config, 'publicUrl' | 'trustProxy'>;
}

export function metricsRoutes({ readMetrics, metricsToken, config }: MetricsRoutesDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/metrics',
      operationId: 'metrics',
      tag: 'Service',
      summary: 'Figures for Prometheus',
      description:
        'With `Authorization: Bearer` and the METRICS_TOKEN of the settings; where none is set, only from the machine itself, and only while `PUBLIC_URL` and the Host are a loopback address and `TRUST_PROXY` is off: a proxy on the same machine must not open it.',
      auth: 'none',
      limitedAs: 'nothing',
      headers: { Authorization: '`Bearer METRICS_TOKEN`' },
      responses: { 200: { description: 'The text format of Prometheus.', contentTypes: ['text/plain'] } },
      errors: ['not_authenticated', 'permission_denied'],
      handler: async ({ req, res }) => {
        if (metricsToken === null) requireLoopback(req, config);
        else requireToken(req, metricsToken);
        const { contentType, text } = await readMetrics();
        res.setHeader('Cache-Control', 'no-store');
        res.setHeader('Content-Type', contentType);
        res.setHeader('Content-Length', Buffer.byteLength(text));
        res.status(200).end(req.method === 'HEAD' ? undefined : text);
        return undefined;
      },
    }),
  ];
}

function requireToken(req: Request, token: string): void {
  if (hasSharedToken(req, token)) return;
  throw new AppError('not_authenticated', 'Send the METRICS_TOKEN: `Authorization: Bearer …`.');
}

/** What proxies add; one of them is enough. */
const forwarding = /^(?:forwarded|x-forwarded(?:-\w+)?|x-real-ip|x-client-ip|true-client-ip|cf-connecting-ip|via)$/;

/**
 * By the address of the connection, which nobody can choose. A proxy on this machine connects from here for the whole
 * world, and may not say so: then the settings, or the Host that it passes on, show that the world comes this way.
 */
function requireLoopback(req: Request, { publicUrl, trustProxy }: MetricsRoutesDeps['config']): void {
  const mayBeProxied = trustProxy !== false || !isLoopbackHost(new URL(publicUrl).host);
  const isFromHere =
    !mayBeProxied && isLoopbackAddress(req.socket.remoteAddress ?? '') && isLoopbackHost(req.headers.host ?? '');
  if (isFromHere && !Object.keys(req.headers).some((name) => forwarding.test(name))) return;
  throw new AppError(
    'permission_denied',
    'Without METRICS_TOKEN only this machine may read them. Set METRICS_TOKEN and send it: `Authorization: Bearer …`.',
  );
}

/** `localhost:8000`, `127.0.0.1`, `[::1]:8000`. */
function isLoopbackHost(host: string): boolean {
  return /^localhost(:\d{1,5})?$/i.test(host) || isLoopbackAddress(host);
}
