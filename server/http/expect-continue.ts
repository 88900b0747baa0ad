import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/**
 * `Expect: 100-continue` (RFC 9110, 10.1.1): the request goes to the app at once, and `100 Continue` is sent when the
 * body is first read. A request that is refused by its head alone costs its sender no body.
 */
export function deferContinue(server: Server): void {
  server.on('checkContinue', (req: IncomingMessage, res: ServerResponse) => {
    const read = req._read.bind(req);
    const { shouldKeepAlive } = res;
    let sent = false;
    // The sender may or may not send the body after a final answer, so the connection cannot be used again.
    res.shouldKeepAlive = false;
    req._read = (size) => {
      if (!sent && !res.headersSent && !res.destroyed) {
        sent = true;
        res.shouldKeepAlive = shouldKeepAlive;
        res.writeContinue();
      }
      read(size);
    };
    server.emit('request', req, res);
  });
}
