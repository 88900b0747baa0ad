import type { RequestListener } from 'node:http';

/** What the server answers between listening and being ready: it lives (`/healthz`), and asks to come back. */
export const startingHandler: RequestListener = (req, res) => {
  const path = (req.url ?? '').split('?')[0]?.replace(/\/+$/, '');
  res.setHeader('Cache-Control', 'no-store');
  if (path === '/healthz') {
    res.setHeader('Content-Type', 'application/json; charset=utf-8');
    res.end('{"status":"ok"}');
    return;
  }
  const detail = 'Darkroom is starting. Try again in a moment.';
  const notReady = { status: 'not ready', database: 'starting', store: 'starting', function: { status: 'unknown' } };
  const problem = {
    type: 'about:blank',
    title: 'A part of the service is not available',
    status: 503,
    detail,
    code: 'unavailable',
  };
  const isReadiness = path === '/readyz';
  res.writeHead(503, {
    'Content-Type': `application/${isReadiness ? '' : 'problem+'}json; charset=utf-8`,
    'Retry-After': '2',
    Connection: 'close',
  });
  res.end(JSON.stringify(isReadiness ? notReady : problem));
};
