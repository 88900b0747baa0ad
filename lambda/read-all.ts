import type { Readable } from 'node:stream';

/** Reads a body whose length is known into one piece of memory; rejects when it has another length. */
export async function readAll(body: Readable, bytes: number, signal: AbortSignal): Promise<Buffer> {
  const whole = Buffer.allocUnsafe(bytes);
  let at = 0;
  const abort = () => body.destroy(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      if (at + chunk.length > bytes) throw new Error('the object is longer than the store said');
      whole.set(chunk, at);
      at += chunk.length;
    }
  } finally {
    signal.removeEventListener('abort', abort);
  }
  if (at < bytes) throw new Error('the object is shorter than the store said');
  return whole;
}
