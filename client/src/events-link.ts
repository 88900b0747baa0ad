import { TRPCClientError, type TRPCLink } from '@trpc/client';
import { observable } from '@trpc/server/observable';
import type { AppRouter } from './api.ts';
import { type DarkroomError, errorOfFetch, errorOfTrpc } from './darkroom-error.ts';
import { pause } from './pause.ts';
import { readEvents } from './read-events.ts';

export interface EventsLinkOptions {
  /** Of tRPC. */
  url: string;
  /** Sends the token. */
  fetch: typeof fetch;
  /** Before the first try after a lost connection; doubles up to `longestPauseMilliseconds`. */
  pauseMilliseconds?: number;
}

const longestPauseMilliseconds = 30_000;
/** The service shows every 15 seconds that it lives. */
const silenceMilliseconds = 45_000;

/**
 * Subscriptions over server-sent events that send the Authorization header, which a browser's EventSource cannot, and
 * go on after the last event that arrived: when the connection is lost, and when the access token ended.
 */
export function eventsLink({ url, fetch, pauseMilliseconds = 500 }: EventsLinkOptions): TRPCLink<AppRouter> {
  return () =>
    ({ op }) =>
      observable((observer) => {
        const stop = new AbortController();
        const signal = op.signal ? AbortSignal.any([op.signal, stop.signal]) : stop.signal;
        let lastEventId = (op.input as { lastEventId?: string | null } | undefined)?.lastEventId ?? null;
        let failures = 0;

        async function listen(): Promise<void> {
          const input = encodeURIComponent(JSON.stringify(lastEventId === null ? {} : { lastEventId }));
          const headers = { accept: 'text/event-stream' };
          const response = await fetch(`${url}/${op.path}?input=${input}`, { headers, signal });
          if (!response.ok || !response.body) throw TRPCClientError.from(await response.json(), { meta: { response } });
          for await (const { event, data, id } of readEvents(response.body, { silenceMilliseconds })) {
            if (event === 'connected') {
              failures = 0;
              observer.next({ result: { type: 'started' } });
            }
            if (event === 'return') return;
            if (event === 'serialized-error') throw TRPCClientError.from({ error: JSON.parse(data) });
            if (event !== 'message' || id === null) continue;
            lastEventId = id;
            observer.next({ result: { type: 'data', data: { id, data: JSON.parse(data) } } });
          }
        }

        async function keepListening(): Promise<void> {
          while (!signal.aborted) {
            const error = await listen().then(() => null, asError);
            if (signal.aborted) break;
            if (error && !mayPass(error)) return observer.error(error);
            const longest = Math.min(pauseMilliseconds * 2 ** failures, longestPauseMilliseconds);
            failures += 1;
            // Not all who lost the same server come back in the same moment.
            const wait = longest * (0.5 + Math.random() / 2);
            await pause(Math.max(wait, (error?.retryAfterSeconds ?? 0) * 1000), signal).catch(() => undefined);
          }
          observer.complete();
        }

        void keepListening();
        return () => stop.abort();
      });
}

function asError(thrown: unknown): DarkroomError {
  return thrown instanceof TRPCClientError ? errorOfTrpc(thrown) : errorOfFetch(thrown);
}

function mayPass({ status, code }: DarkroomError): boolean {
  if (code === 'network' || code === 'timed_out') return true;
  return status === 408 || status === 429 || (status !== null && status >= 500);
}
