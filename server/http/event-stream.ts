import { once } from 'node:events';
import type { Response } from 'express';

export interface ServerSentEvent {
  /** What `Last-Event-ID` will be. */
  id?: string;
  event?: string;
  /** Sent as JSON. Without it nothing is dispatched, but the id counts. */
  data?: unknown;
}

export interface EventStream {
  /** Resolves when the connection can take more. */
  send(event: ServerSentEvent): Promise<void>;
  /** A comment, so that nobody on the way takes the connection for dead. */
  ping(): void;
}

/** Answers with a stream of server-sent events (WHATWG HTML, 9.2), which no proxy is to keep back or change. */
export function openEventStream(res: Response, { retryMilliseconds = 3_000 } = {}): EventStream {
  res.status(200);
  res.setHeader('Content-Type', 'text/event-stream; charset=utf-8');
  res.setHeader('Cache-Control', 'no-store, no-transform');
  res.setHeader('X-Accel-Buffering', 'no');
  res.flushHeaders();
  const write = async (text: string) => {
    if (res.destroyed || res.writableEnded || res.write(text)) return;
    const left = new AbortController();
    await Promise.race([once(res, 'drain', left), once(res, 'close', left)]).finally(() => left.abort());
  };
  if (res.req.method !== 'HEAD') res.write(`retry: ${retryMilliseconds}\n\n`);
  return {
    send: ({ id, event, data }) => {
      const lines = [
        ...(id === undefined ? [] : [`id: ${id}`]),
        ...(event === undefined ? [] : [`event: ${event}`]),
        // JSON has no line breaks of its own.
        ...(data === undefined ? [] : [`data: ${JSON.stringify(data)}`]),
      ];
      return write(`${lines.join('\n')}\n\n`);
    },
    ping: () => {
      if (!res.destroyed && !res.writableEnded && !res.writableNeedDrain) res.write(':\n\n');
    },
  };
}
