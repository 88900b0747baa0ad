import type { Request, Response } from 'express';
import { accessTokenEnd } from '../http/access-token-end.ts';
import { type EventStream, openEventStream } from '../http/event-stream.ts';
import { defineRoute, type Route } from '../http/route.ts';
import type { Actor } from '../kernel/actor.ts';
import type { FindEndedListeners, ListeningAccount } from './ended-listeners.ts';
import type { ImageNews, WatchImages } from './watch-images.ts';

export interface ImageEventsRoutesDeps {
  watchImages: WatchImages;
  findEndedListeners: FindEndedListeners;
  /** Aborted when the server begins to stop: the streams end, and their listeners come back elsewhere. */
  stopping: AbortSignal;
  /** How often an idle stream shows that it lives, and that its listener still may listen. */
  heartbeatSeconds?: number;
}

interface Listener extends ListeningAccount {
  stream: EventStream;
  /** When the access token ends, in milliseconds since 1970. */
  endsAt: number;
  end(): void;
}

/** GET `/image/events`. One heartbeat for all listeners together. */
export function imageEventsRoutes(deps: ImageEventsRoutesDeps): Route[] {
  const listeners = new Set<Listener>();
  startHeartbeat(listeners, deps);
  return [
    defineRoute({
      method: 'get',
      path: '/image/events',
      operationId: 'listenToImages',
      tag: 'Images',
      summary: 'Changes of your images as they happen',
      description: [
        'Server-sent events. `image` carries the whole image as it is then, or `{"id": "…", "deleted": true}`; each change',
        'is told at least once, and of several changes of one image perhaps only the last. After a break send',
        '`Last-Event-ID` (a browser does it by itself): what happened in the last 24 hours is told then. `reset` means that',
        'it cannot be: read the list anew.',
        '',
        'The stream ends when the access token does. Come back with a new one.',
      ].join('\n'),
      auth: 'bearer',
      headers: { 'Last-Event-ID': 'The `id` of the last event that was seen.' },
      responses: { 200: { description: 'The stream', contentTypes: ['text/event-stream'] } },
      errors: ['unavailable'],
      handler: async ({ req, res, actor }) => {
        const gone = new AbortController();
        res.once('close', () => gone.abort());
        const signal = AbortSignal.any([gone.signal, deps.stopping]);
        const lastEventId = req.get('last-event-id')?.trim() || null;
        const events = deps.watchImages(actor, { lastEventId, signal });
        // A database that is away is an answer of its own, as long as nothing was sent.
        const first = await events.next();
        const stream = openEventStream(res);
        if (req.method === 'HEAD' || first.done) {
          await events.return(undefined);
          res.end();
          return undefined;
        }
        const listener = { ...listenerOf(req, actor), stream, end: () => gone.abort() };
        listeners.add(listener);
        try {
          await sendEvents(stream, first.value, events);
        } catch {
          // Whoever listens comes back with the last id that arrived, and misses nothing.
        } finally {
          listeners.delete(listener);
          await events.return(undefined);
          endSoon(res);
        }
        return undefined;
      },
    }),
  ];
}

async function sendEvents(
  stream: EventStream,
  first: ImageNews,
  events: AsyncGenerator<ImageNews, undefined>,
): Promise<void> {
  for (let news: ImageNews | undefined = first; news; news = (await events.next()).value) {
    const { id } = news;
    if (news.type === 'position') await stream.send({ id });
    else if (news.type === 'reset') await stream.send({ id, event: 'reset', data: {} });
    else await stream.send({ id, event: 'image', data: news.image });
  }
}

function listenerOf(req: Request, { accountId, tokenGeneration }: Actor) {
  return { accountId, tokenGeneration, endsAt: accessTokenEnd(req) };
}

function startHeartbeat(
  listeners: ReadonlySet<Listener>,
  { findEndedListeners, stopping, heartbeatSeconds = 20 }: ImageEventsRoutesDeps,
): void {
  const timer = setInterval(async () => {
    const now = Date.now();
    for (const listener of listeners) {
      if (listener.endsAt <= now) listener.end();
      else listener.stream.ping();
    }
    if (listeners.size === 0) return;
    const ended = await findEndedListeners([...listeners]).catch(() => []);
    for (const listener of ended) listener.end();
  }, heartbeatSeconds * 1000);
  timer.unref();
  stopping.addEventListener('abort', () => clearInterval(timer), { once: true });
}

/** Regularly, if the other side takes it. */
function endSoon(res: Response): void {
  res.end();
  setTimeout(() => {
    if (!res.writableFinished) res.destroy();
  }, 1_000).unref();
}
