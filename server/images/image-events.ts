import type { Logger } from 'pino';
import type { Sequelize } from 'sequelize';
import { createListen } from '../db/listen.ts';
import { createChangeQueue, type NotedChange } from './change-queue.ts';
import { formatEventCursor, parseEventCursor } from './event-cursor.ts';
import { canResume, readMissed, readPosition, replayChanges } from './event-rows.ts';
import { imageEventsChannel } from './record-image-change.ts';

export interface ImageEventsDeps {
  sequelize: Sequelize;
  /** For the one connection that listens. */
  databaseUrl: string;
  logger: Logger;
}

/** `cursor` is the `Last-Event-ID` after which a listener who comes back goes on. */
export type ImageEvent = { cursor: string } & (
  | { type: 'image'; imageId: string; deleted: boolean }
  /** From here on nothing is missed; nothing happened. */
  | { type: 'position' }
  /** What happened since `Last-Event-ID` is not known any more: read the list anew. */
  | { type: 'reset' }
);

export interface SubscribeOptions {
  ownerId: string;
  /** As the listener sent it; null when it comes for the first time. */
  lastEventId: string | null;
  signal: AbortSignal;
}

export type ChangeListener = (change: NotedChange) => void;

interface Channel {
  listeners: Set<ChangeListener>;
  /** Of the last event that its listeners heard; null as long as nobody relies on hearing all. */
  lastId: number | null;
}

/**
 * Changes of images, from whatever server they come, to whoever listens here: one connection and one LISTEN a server,
 * however many listeners there are. An idle listener costs a few kilobytes and no query.
 */
export function createImageEvents({ sequelize, databaseUrl, logger }: ImageEventsDeps) {
  const channels = new Map<string, Channel>();

  const deliver = (change: NotedChange) => {
    const channel = channels.get(change.ownerId);
    if (!channel) return;
    if (channel.lastId !== null) {
      // The numbers of one account's events are in the order of their commits: what is not above is known.
      if (change.id <= channel.lastId) return;
      channel.lastId = change.id;
    }
    for (const listener of channel.listeners) listener(change);
  };

  const connection = createListen({
    url: databaseUrl,
    channel: imageEventsChannel,
    logger,
    onMessage: (payload) => deliver(JSON.parse(payload)),
    onConnected: async () => {
      const heard = [...channels].flatMap(([ownerId, { lastId }]) => (lastId === null ? [] : [{ ownerId, lastId }]));
      for (const change of await readMissed(sequelize, heard)) deliver(change);
    },
  });

  /** Calls the listener for each change from now on, as far as the connection stands; answers how to end it. */
  const listen = (ownerId: string, listener: ChangeListener): (() => void) => {
    const channel = channels.get(ownerId) ?? { listeners: new Set(), lastId: null };
    channels.set(ownerId, channel);
    channel.listeners.add(listener);
    return () => {
      channel.listeners.delete(listener);
      if (channel.listeners.size === 0 && channels.get(ownerId) === channel) channels.delete(ownerId);
    };
  };

  /**
   * All changes of one account's images since `lastEventId`, or since now, at least once, in order; of several changes
   * of one image perhaps only the last. It ends when the signal aborts, or when the reader is too slow: then it may come
   * back with the last cursor that it saw.
   */
  async function* subscribe({ ownerId, lastEventId, signal }: SubscribeOptions): AsyncGenerator<ImageEvent> {
    const queue = createChangeQueue(signal);
    // First listen, then look: what happens in between is in the queue.
    const unlisten = listen(ownerId, queue.push);
    try {
      const position = await readPosition(sequelize, ownerId);
      const channel = channels.get(ownerId);
      if (channel) channel.lastId ??= position.id;
      if (lastEventId !== null) {
        const since = parseEventCursor(lastEventId);
        if (!since || !(await canResume(sequelize, since, position))) {
          yield { type: 'reset', cursor: formatEventCursor(position) };
        } else {
          const missed = replayChanges(sequelize, { ownerId, after: since.id, upTo: position.id });
          for await (const change of missed) yield toEvent(change);
        }
      }
      yield { type: 'position', cursor: formatEventCursor(position) };
      for (let change = await queue.next(); change; change = await queue.next()) {
        if (change.id > position.id) yield toEvent(change);
      }
    } finally {
      unlisten();
      queue.close();
    }
  }

  return {
    start: connection.start,
    stop: connection.stop,
    listen,
    subscribe,
    status: () => ({
      isConnected: connection.isConnected(),
      listeners: [...channels.values()].reduce((sum, { listeners }) => sum + listeners.size, 0),
    }),
  };
}

export type ImageEvents = ReturnType<typeof createImageEvents>;

function toEvent({ id, at, imageId, deleted }: NotedChange): ImageEvent {
  return { type: 'image', cursor: formatEventCursor({ id, at }), imageId, deleted };
}
