import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

const patienceMilliseconds = 5_000;
const cutOff = new WeakSet<IncomingMessage>();
const eventName = 'darkroom:cut-off';

/**
 * A sender that ends its side of the connection in the middle of a body may still read. When the answer to that request
 * is not on its way, whoever reads the body is told, so that it can be `incomplete_body` instead of a closed connection.
 * False when there is no such request. Who does not listen sees the connection closed in five seconds.
 */
export function noteCutOff(socket: Duplex): boolean {
  const res = '_httpMessage' in socket ? socket._httpMessage : null;
  if (!(res instanceof ServerResponse) || res.headersSent || !socket.writable) return false;
  cutOff.add(res.req);
  res.shouldKeepAlive = false;
  const timer = setTimeout(() => socket.destroy(), patienceMilliseconds);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
  res.req.emit(eventName);
  return true;
}

/** Calls the listener when the rest of the body will never come; at once when that is known already. */
export function onCutOff(req: IncomingMessage, listener: () => void): { stop(): void } {
  if (cutOff.has(req)) listener();
  else req.once(eventName, listener);
  return { stop: () => void req.off(eventName, listener) };
}
