import { literal, type Sequelize } from 'sequelize';
import { inParallel } from '../../../core/async/in-parallel.ts';
import { isMadeOf, parseMadeKey, parseOriginalKey, servicePrefix } from '../../../core/storage/object-key.ts';
import type { ObjectInfo, ObjectStore, ObjectSummary } from '../../../core/storage/object-store.ts';
import { lockImage } from '../../images/lock-image.ts';
import { recordImageChange } from '../../images/record-image-change.ts';
import type { Models } from '../../models.ts';
import type { CheckRun } from './findings.ts';
import { findNamedOriginals, type SideBySideRow, sideBySide } from './side-by-side.ts';

export interface CheckThumbnailsDeps {
  sequelize: Sequelize;
  models: Models;
  store: ObjectStore;
}

export interface CheckThumbnailsRun extends CheckRun {
  /** Ask the store for the type of every thumbnail, a request each. Sizes come with the listing. */
  types: boolean;
}

/** All objects that were made of one image, by its id. */
interface Group {
  key: string;
  objects: ObjectSummary[];
}

interface ThumbnailRow {
  objectKey: string;
  tierHeight: number;
  format: string;
  bytes: number;
  contentType: string;
}

interface Row extends SideBySideRow {
  thumbnails: ThumbnailRow[];
}

const lanes = 8;

/** Thumbnails without objects, or with other objects than their rows say, and objects of originals that nothing names. */
export async function checkThumbnails(
  { sequelize, models, store }: CheckThumbnailsDeps,
  run: CheckThumbnailsRun,
): Promise<void> {
  const total = await models.Image.count();
  let done = 0;

  await sideBySide<Group, Row>(
    sequelize,
    {
      by: 'id',
      listing: groups(),
      columns: `coalesce((
        SELECT json_agg(json_build_object('objectKey', object_key, 'tierHeight', tier_height, 'format', format,
          'bytes', bytes, 'contentType', content_type))
        FROM thumbnails WHERE image_id = image.id), '[]') AS thumbnails`,
      signal: run.signal,
    },
    {
      onPair: async ({ id, objectKey, thumbnails }, group) => {
        done += 1;
        run.onProgress({ phase: 'thumbnails', done, total: Math.max(total, done) });
        const listed = new Map(group?.objects.map((object) => [object.key, object]));
        await inParallel(
          thumbnails,
          lanes,
          (thumbnail) => compare(id, thumbnail, listed.get(thumbnail.objectKey)),
          run.signal,
        );
        if (group) await reportUnnamed([group], new Map([[id, [objectKey]]]));
      },
      onUnknown: async (found) => {
        await reportUnnamed(found, new Map());
      },
    },
  );

  async function* groups(): AsyncGenerator<Group> {
    let group: Group = { key: '', objects: [] };
    for await (const item of store.list('thumbnails', '')) {
      const key = parseMadeKey(item.key)?.imageId;
      if (key === undefined) {
        if (!item.key.startsWith(servicePrefix)) await reportForeign(item);
        continue;
      }
      if (group.key !== key) {
        if (group.key) yield group;
        group = { key, objects: [] };
      }
      group.objects.push(item);
    }
    if (group.key) yield group;
  }

  async function reportForeign({ key, bytes }: ObjectSummary): Promise<void> {
    if (run.deleteOrphans) await store.delete('thumbnails', [key]);
    const outcome = run.deleteOrphans ? 'deleted' : 'left';
    run.onFinding({ kind: 'object_unknown', bucket: 'thumbnails', key, bytes, outcome });
  }

  /** Objects that were made of none of the originals that are known by name. The database is asked only about those. */
  async function reportUnnamed(found: readonly Group[], known: ReadonlyMap<string, string[]>): Promise<void> {
    const rest = found
      .map(({ key, objects }) => ({ key, objects: leftOver(objects, known.get(key) ?? []) }))
      .filter(({ objects }) => objects.length > 0);
    if (rest.length === 0) return;
    const named = await findNamedOriginals(
      sequelize,
      rest.map((group) => group.key),
    );
    for (const { key: imageId, objects } of rest) {
      const unnamed = leftOver(objects, named.get(imageId) ?? []);
      // With their original they are reported, and stay or go.
      const keys = leftOver(unnamed, unnamed.length > 0 ? await originalsOf(imageId) : []).map(({ key }) => key);
      if (keys.length === 0) continue;
      if (run.deleteOrphans) await store.delete('thumbnails', keys);
      const outcome = run.deleteOrphans ? 'deleted' : 'left';
      run.onFinding({ kind: 'thumbnails_unknown', imageId, objects: keys.length, outcome });
    }
  }

  async function originalsOf(imageId: string): Promise<string[]> {
    const keys: string[] = [];
    for await (const { key } of store.list('originals', `${imageId}/`)) if (parseOriginalKey(key)) keys.push(key);
    return keys;
  }

  async function compare(imageId: string, thumbnail: ThumbnailRow, listed: ObjectSummary | undefined): Promise<void> {
    if (listed?.bytes === thumbnail.bytes && !run.types) return;
    const { objectKey, tierHeight, format, bytes, contentType } = thumbnail;
    const object = await store.head('thumbnails', objectKey);
    const detail = object && differenceOf(object, thumbnail);
    if (detail === '') return;
    // The row may have changed since it was read: then the object belongs to the new one.
    if ((await models.Thumbnail.count({ where: { imageId, objectKey, bytes, contentType } })) === 0) return;
    if (run.fix) await makeAgain(imageId, objectKey);
    const what = { imageId, tierHeight, format, fixed: run.fix };
    run.onFinding(
      detail === null ? { kind: 'thumbnail_missing', ...what } : { kind: 'thumbnail_changed', ...what, detail },
    );
  }

  async function makeAgain(imageId: string, objectKey: string): Promise<void> {
    await sequelize.transaction(async (transaction) => {
      const image = await lockImage({ models }, imageId, transaction);
      if (!image) return;
      await models.Thumbnail.destroy({ where: { imageId, objectKey }, transaction });
      // The result object would say that it is made.
      const change = { workDueAt: literal('now()'), staleBefore: literal('now()'), attempts: 0 };
      await models.Image.update(change, { where: { id: imageId }, transaction });
      await recordImageChange(transaction, { ownerId: image.ownerId, imageIds: [imageId] });
    });
  }
}

/** Empty when there is none. */
function differenceOf(object: Pick<ObjectInfo, 'bytes' | 'contentType'>, row: ThumbnailRow): string {
  if (object.bytes !== row.bytes) return `${object.bytes} bytes instead of ${row.bytes}`;
  return object.contentType === row.contentType ? '' : `${object.contentType} instead of ${row.contentType}`;
}

function leftOver(objects: readonly ObjectSummary[], originals: readonly string[]): ObjectSummary[] {
  return objects.filter(({ key }) => {
    const made = parseMadeKey(key);
    return made !== null && !originals.some((original) => isMadeOf(original, made));
  });
}
