import type { Sequelize } from 'sequelize';
import { parseMadeKey } from '../../../core/storage/object-key.ts';
import type { ObjectStore, ObjectSummary } from '../../../core/storage/object-store.ts';
import { type SideBySideRow, sideBySide } from '../check/side-by-side.ts';
import type { ExpectedObject } from './copy-object.ts';

/** An object that a row names, and what the target has under its key. */
export interface WantedObject extends ExpectedObject {
  imageId: string;
  /** What of the image it is, for a person. */
  what: string;
  /** A thumbnail may be made anew under the same key; an original never changes. */
  madeAt: Date | null;
  there: ObjectSummary | null;
}

interface Walk {
  sequelize: Sequelize;
  target: ObjectStore;
  signal: AbortSignal;
}

type Visit = (wanted: WantedObject) => Promise<void>;

/** The originals of all stored images, in the order of their keys, at constant memory. */
export async function visitOriginals({ sequelize, target, signal }: Walk, visit: Visit): Promise<void> {
  await sideBySide<ObjectSummary, SideBySideRow & { state: string; bytes: number; sha256: string }>(
    sequelize,
    {
      by: 'objectKey',
      listing: target.list('originals', ''),
      columns: 'image.state, image.bytes, image.sha256',
      signal,
    },
    {
      onPair: async ({ objectKey: key, id: imageId, state, bytes, sha256 }, there) => {
        if (state !== 'stored') return;
        await visit({ bucket: 'originals', key, bytes, sha256, imageId, what: 'its original', madeAt: null, there });
      },
      onUnknown: async () => {},
    },
  );
}

interface ThumbnailRow {
  objectKey: string;
  tierHeight: number;
  format: string;
  bytes: number;
  createdAt: string;
}

/** All thumbnails that are made, those of one image after the other. */
export async function visitThumbnails({ sequelize, target, signal }: Walk, visit: Visit): Promise<void> {
  await sideBySide<Group, SideBySideRow & { thumbnails: ThumbnailRow[] }>(
    sequelize,
    {
      by: 'id',
      listing: groupsOf(target.list('thumbnails', '')),
      columns: `coalesce((
        SELECT json_agg(json_build_object('objectKey', object_key, 'tierHeight', tier_height, 'format', format,
          'bytes', bytes, 'createdAt', created_at) ORDER BY object_key)
        FROM thumbnails WHERE image_id = image.id), '[]') AS thumbnails`,
      signal,
    },
    {
      onPair: async ({ id: imageId, thumbnails }, group) => {
        for (const { objectKey: key, tierHeight, format, bytes, createdAt } of thumbnails) {
          const what = `its thumbnail ${tierHeight} (${format})`;
          const there = group?.objects.get(key) ?? null;
          const madeAt = new Date(createdAt);
          await visit({ bucket: 'thumbnails', key, bytes, sha256: null, imageId, what, madeAt, there });
        }
      },
      onUnknown: async () => {},
    },
  );
}

/** All objects that were made of one image, by its id. */
interface Group {
  key: string;
  objects: Map<string, ObjectSummary>;
}

async function* groupsOf(listing: AsyncIterable<ObjectSummary>): AsyncGenerator<Group> {
  let group = null as Group | null;
  for await (const item of listing) {
    const key = parseMadeKey(item.key)?.imageId;
    if (key === undefined) continue;
    if (group?.key !== key) {
      if (group) yield group;
      group = { key, objects: new Map() };
    }
    group.objects.set(item.key, item);
  }
  if (group) yield group;
}
