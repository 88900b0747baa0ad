import type { Request, Response } from 'express';
import type { Image } from '../../core/contracts/image.ts';
import { AppError } from '../../core/errors.ts';
import type { Actor } from '../accounts/actor.ts';
import type { LoadActor } from '../accounts/load-actor.ts';
import { type EventStream, openEventStream } from '../http/event-stream.ts';
import { defineRoute, type Route } from '../http/route.ts';
import type { FindEndedListeners, ListeningAccount } from './ended-listeners.ts';
import type { ImageEvent, ImageEvents } from './image-events.ts';

export interface ImageEventsRoutesDeps {
  imageEvents: Pick<ImageEvents, 'subscribe'>;
  getImage: (actor: Actor, imageId: string) => Promise<Image>;
  loadActor: LoadActor;
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
        const events = deps.imageEvents.subscribe({ ownerId: actor.accountId, lastEventId, signal });
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
          await sendEvents(deps, actor, stream, { first: first.value, events });
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
  { getImage, loadActor }: ImageEventsRoutesDeps,
  { accountId, tokenGeneration }: Actor,
  stream: EventStream,
  { first, events }: { first: ImageEvent; events: AsyncGenerator<ImageEvent> },
): Promise<void> {
  for (let event: ImageEvent | undefined = first; event; event = (await events.next()).value) {
    const id = event.cursor;
    if (event.type === 'position') await stream.send({ id });
    else if (event.type === 'reset') await stream.send({ id, event: 'reset', data: {} });
    else {
      const actor = await loadActor(accountId);
      if (actor?.tokenGeneration !== tokenGeneration) return;
      const data = event.deleted ? null : await unlessGone(getImage(actor, event.imageId));
      await stream.send({ id, event: 'image', data: data ?? { id: event.imageId, deleted: true } });
    }
  }
}

async function unlessGone(image: Promise<Image>): Promise<Image | null> {
  return image.catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'not_found') return null;
    throw error;
  });
}

/** The token was checked when the request came; here only its end is read. */
function listenerOf(req: Request, { accountId, tokenGeneration }: Actor) {
  const payload = req.get('authorization')?.split('.')[1] ?? '';
  const { exp } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { exp?: unknown };
  return { accountId, tokenGeneration, endsAt: Number(exp) * 1000 };
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
    const ended = await findEndedListeners([...listeners]).catch(() => new Set<string>());
    for (const listener of listeners) if (ended.has(listener.accountId)) listener.end();
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
