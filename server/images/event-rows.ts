import { QueryTypes, type Sequelize } from 'sequelize';
import type { NotedChange } from './change-queue.ts';
import type { EventCursor } from './event-cursor.ts';

const atOnce = 1_000;
const replayMs = 24 * 3_600_000;

/** Where the events of an account stand now, by the database's clock. */
export async function readPosition(sequelize: Sequelize, ownerId: string): Promise<EventCursor> {
  const [position] = await sequelize.query<EventCursor>(
    `SELECT (SELECT coalesce(max(id), 0) FROM image_events WHERE owner_id = $1) AS id,
       floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS at`,
    { type: QueryTypes.SELECT, bind: [ownerId] },
  );
  if (!position) throw new Error('the database answered nothing');
  return position;
}

/**
 * Whether all events since a cursor are still there: it is not older than 24 hours, and not of a later time than the
 * database's own (one that was restored from a backup).
 */
export async function canResume(sequelize: Sequelize, cursor: EventCursor, now: EventCursor): Promise<boolean> {
  if (now.at - cursor.at > replayMs) return false;
  if (cursor.id <= now.id) return true;
  const [given] = await sequelize.query<{ last: number }>('SELECT last_value AS last FROM image_events_id_seq', {
    type: QueryTypes.SELECT,
  });
  return cursor.id <= (given?.last ?? 0);
}

/** The last change of each image of an account between two events, in order. */
export async function* replayChanges(
  sequelize: Sequelize,
  { ownerId, after, upTo }: { ownerId: string; after: number; upTo: number },
): AsyncGenerator<NotedChange> {
  for (let last = after; last < upTo; ) {
    const changes = await sequelize.query<NotedChange>(
      `SELECT max(id) AS id, owner_id AS "ownerId", image_id AS "imageId", bool_or(deleted) AS deleted,
         floor(extract(epoch FROM max(created_at)) * 1000)::bigint AS at
       FROM image_events WHERE owner_id = $1 AND id > $2 AND id <= $3
       GROUP BY owner_id, image_id ORDER BY max(id) LIMIT ${atOnce}`,
      { type: QueryTypes.SELECT, bind: [ownerId, last, upTo] },
    );
    yield* changes;
    if (changes.length < atOnce) return;
    last = changes.at(-1)?.id ?? upTo;
  }
}

/** What many accounts missed, each since its own last event, in order. */
export async function readMissed(
  sequelize: Sequelize,
  since: readonly { ownerId: string; lastId: number }[],
): Promise<NotedChange[]> {
  const missed: NotedChange[] = [];
  for (let start = 0; start < since.length; start += atOnce) {
    const owners = since.slice(start, start + atOnce);
    const changes = await sequelize.query<NotedChange>(
      `SELECT event.id, event.owner_id AS "ownerId", event.image_id AS "imageId", event.deleted,
         floor(extract(epoch FROM event.created_at) * 1000)::bigint AS at
       FROM unnest($1::uuid[], $2::bigint[]) AS heard (owner_id, last_id)
       JOIN image_events event ON event.owner_id = heard.owner_id AND event.id > heard.last_id
       ORDER BY event.id`,
      { type: QueryTypes.SELECT, bind: [owners.map(({ ownerId }) => ownerId), owners.map(({ lastId }) => lastId)] },
    );
    missed.push(...changes);
  }
  return missed;
}
