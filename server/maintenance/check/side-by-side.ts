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
  id: string;
  objectKey: string;
}

/** What the keys of a listing are compared with: the key of an image's original, or the image's id. */
export type SideBySideKey = 'objectKey' | 'id';

const keyColumns: Record<SideBySideKey, { column: string; type: string; first: string }> = {
  objectKey: { column: 'image.object_key', type: 'text', first: '' },
  id: { column: 'image.id', type: 'uuid', first: '00000000-0000-0000-0000-000000000000' },
};

/**
 * Goes through a store's listing and the table of images at the same time, both in the order of their keys, at constant
 * memory. `onPair` gets each row with what the store has of it, or null; `onUnknown` what no row names.
 *
 * @param columns SQL of what a row is to have beside `id` and `objectKey`, from the alias `image`.
 */
export async function sideBySide<Item extends { key: string }, Row extends SideBySideRow>(
  sequelize: Sequelize,
  {
    by,
    listing,
    columns,
    signal,
  }: { by: SideBySideKey; listing: AsyncIterable<Item>; columns: string; signal: AbortSignal },
  {
    onPair,
    onUnknown,
  }: { onPair(row: Row, item: Item | null): Promise<void>; onUnknown(items: Item[]): Promise<void> },
): Promise<void> {
  for await (const { items, after, upTo } of inStretches(listing)) {
    const unknown = new Map(items.map((item) => [item.key, item]));
    for await (const row of rowsBetween<Row>(sequelize, { by, columns, after, upTo })) {
      signal.throwIfAborted();
      const item = unknown.get(row[by]) ?? null;
      unknown.delete(row[by]);
      await onPair(row, item);
    }
    signal.throwIfAborted();
    if (unknown.size > 0) await onUnknown([...unknown.values()]);
  }
}

async function* rowsBetween<Row extends SideBySideRow>(
  sequelize: Sequelize,
  { by, columns, after, upTo }: { by: SideBySideKey; columns: string; after: string; upTo: string | null },
): AsyncGenerator<Row> {
  const { column, type, first } = keyColumns[by];
  for (let last = after || first; ; ) {
    const rows = await sequelize.query<Row>(
      `SELECT image.id, image.object_key AS "objectKey", ${columns} FROM images image
       WHERE ${column} > $1::${type} AND ($2::${type} IS NULL OR ${column} <= $2::${type})
       ORDER BY ${column} LIMIT ${atOnce}`,
      { type: QueryTypes.SELECT, bind: [last, upTo] },
    );
    yield* rows;
    const end = rows.at(-1)?.[by];
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

/** The keys of the originals of these images, of rows in any state and of tombstones, by image. */
export async function findNamedOriginals(
  sequelize: Sequelize,
  imageIds: readonly string[],
): Promise<Map<string, string[]>> {
  const rows = await sequelize.query<{ imageId: string; objectKey: string }>(
    `SELECT id AS "imageId", object_key AS "objectKey" FROM images WHERE id = ANY ($1::uuid[])
     UNION SELECT image_id, object_key FROM tombstones WHERE image_id = ANY ($1::uuid[])`,
    { type: QueryTypes.SELECT, bind: [[...imageIds]] },
  );
  const named = new Map<string, string[]>();
  for (const { imageId, objectKey } of rows) named.set(imageId, [...(named.get(imageId) ?? []), objectKey]);
  return named;
}
