import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type RoundRobinProxy = Awaited<ReturnType<typeof startRoundRobinProxy>>;

/**
 * A load balancer in front of several servers: each request goes to the next of them, as it comes. `X-Served-By` of an
 * answer is the port of who gave it. What a server does not answer any more is 502, and the server gets nothing more.
 */
export async function startRoundRobinProxy() {
  let ports: number[] = [];
  let turn = 0;

  const pass = (req: IncomingMessage, res: ServerResponse) => {
    const port = ports[turn++ % ports.length];
    if (port === undefined) return void res.writeHead(503).end();
    const headers = { ...req.headers, 'x-forwarded-for': req.socket.remoteAddress };
    const forwarded = request({ host: '127.0.0.1', port, method: req.method, path: req.url, headers }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, { ...answer.headers, 'x-served-by': String(port) });
      answer.pipe(res);
      answer.on('error', () => res.destroy());
    });
    forwarded.on('error', () => {
      ports = ports.filter((other) => other !== port);
      if (res.headersSent) res.destroy();
      else res.writeHead(502).end();
    });
    res.on('close', () => forwarded.destroy());
    req.pipe(forwarded);
  };
  const server = createServer(pass).listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    serve(to: readonly { port: number }[]): void {
      ports = to.map(({ port }) => port);
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
