import { QueryTypes, type Sequelize } from 'sequelize';

/** A stretch of keys, and what a store has in it. `upTo` is null behind the last one. */
interface Stretch<Item> {
  items: Item[];
  after: string;
  upTo: string | null;
}

const atOnce = 1_000;

async function* inStretches<Item extends { key: string }>(listing: AsyncIterable<Item>): AsyncGenerator<Stretch<Item>> {
  let after = '';
  let items: Item[] = [];
  for await (const item of listing) {
    items.push(item);
    if (items.length < atOnce) continue;
    yield { items, after, upTo: item.key };
    after = item.key;
    items = [];
  }
  yield { items, after, upTo: null };
}

export interface SideBySideRow {
  objectKey: string;
}

/**
 * Goes through a store's listing and the table of images at the same time, both in the order of their keys, at constant
 * memory. `onPair` gets each row with what the store has of it, or null; `onUnknown` what no row names.
 *
 * @param columns SQL of what a row is to have beside its `objectKey`, from the alias `image`.
 */
export async function sideBySide<Item extends { key: string }, Row extends SideBySideRow>(
  sequelize: Sequelize,
  { listing, columns, signal }: { listing: AsyncIterable<Item>; columns: string; signal: AbortSignal },
  {
    onPair,
    onUnknown,
  }: { onPair(row: Row, item: Item | null): Promise<void>; onUnknown(items: Item[]): Promise<void> },
): Promise<void> {
  for await (const { items, after, upTo } of inStretches(listing)) {
    const unknown = new Map(items.map((item) => [item.key, item]));
    for await (const row of rowsBetween<Row>(sequelize, { columns, after, upTo })) {
      signal.throwIfAborted();
      const item = unknown.get(row.objectKey) ?? null;
      unknown.delete(row.objectKey);
      await onPair(row, item);
    }
    signal.throwIfAborted();
    if (unknown.size > 0) await onUnknown([...unknown.values()]);
  }
}

async function* rowsBetween<Row extends SideBySideRow>(
  sequelize: Sequelize,
  { columns, after, upTo }: { columns: string; after: string; upTo: string | null },
): AsyncGenerator<Row> {
  for (let last = after; ; ) {
    const rows = await sequelize.query<Row>(
      `SELECT image.object_key AS "objectKey", ${columns} FROM images image
       WHERE image.object_key > $1 AND ($2::text IS NULL OR image.object_key <= $2)
       ORDER BY image.object_key LIMIT ${atOnce}`,
      { type: QueryTypes.SELECT, bind: [last, upTo] },
    );
    yield* rows;
    const end = rows.at(-1)?.objectKey;
    if (rows.length < atOnce || end === undefined) return;
    last = end;
  }
}

/** Which of these keys of originals nothing names: no row of any state, and no tombstone. */
export async function findUnnamed(sequelize: Sequelize, objectKeys: readonly string[]): Promise<Set<string>> {
  const rows = await sequelize.query<{ key: string }>(
    `SELECT candidate.key FROM unnest($1::text[]) AS candidate (key)
     WHERE NOT EXISTS (SELECT FROM images WHERE object_key = candidate.key)
       AND NOT EXISTS (SELECT FROM tombstones WHERE object_key = candidate.key)`,
    { type: QueryTypes.SELECT, bind: [[...objectKeys]] },
  );
  return new Set(rows.map((row) => row.key));
}
