import type { IncomingMessage } from 'node:http';

const maxDiscardedBytes = 16 * 1024 * 1024;
const defaultMilliseconds = 5_000;

/**
 * After an early answer: reads and drops what the sender still sends, so that it can read the answer instead of a
 * reset connection, but not without end. The connection is closed when there is too much of it, or when it takes too
 * long (RFC 9112, 9.6).
 */
export function discardBody(req: IncomingMessage, maxMilliseconds = defaultMilliseconds): void {
  if (req.complete || req.readableEnded || req.destroyed) return;
  let discardedBytes = 0;
  const giveUp = () => req.socket.destroy();
  const timer = setTimeout(giveUp, maxMilliseconds);
  timer.unref();
  req.on('data', (chunk: Buffer) => {
    discardedBytes += chunk.length;
    if (discardedBytes > maxDiscardedBytes) giveUp();
  });
  req.on('error', () => {});
  req.once('close', () => clearTimeout(timer));
  req.once('end', () => clearTimeout(timer));
  req.resume();
}
