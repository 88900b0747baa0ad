import { literal, type Sequelize } from 'sequelize';
import { originalKeyOfThumbnail, servicePrefix } from '../../../core/storage/object-key.ts';
import type { ObjectStore, ObjectSummary } from '../../../core/storage/object-store.ts';
import type { Models } from '../../db/models.ts';
import { lockImage } from '../../images/lock-image.ts';
import { recordImageChange } from '../../images/record-image-change.ts';
import type { CheckRun } from './findings.ts';
import { findUnnamed, type SideBySideRow, sideBySide } from './side-by-side.ts';

export interface CheckThumbnailsDeps {
  sequelize: Sequelize;
  models: Models;
  store: ObjectStore;
}

/** All objects that were made of one original, by its key. */
interface Group {
  key: string;
  objectKeys: string[];
}

interface Row extends SideBySideRow {
  id: string;
  thumbnails: { objectKey: string; tierHeight: number; format: string }[];
}

/** Thumbnails without objects, and objects below originals that nothing names. */
export async function checkThumbnails({ sequelize, models, store }: CheckThumbnailsDeps, run: CheckRun): Promise<void> {
  const total = await models.Image.count();
  let done = 0;

  await sideBySide<Group, Row>(
    sequelize,
    {
      listing: groups(),
      columns: `image.id, coalesce((
        SELECT json_agg(json_build_object('objectKey', object_key, 'tierHeight', tier_height, 'format', format))
        FROM thumbnails WHERE image_id = image.id), '[]') AS thumbnails`,
      signal: run.signal,
    },
    {
      onPair: async ({ id, thumbnails }, group) => {
        done += 1;
        run.onProgress({ phase: 'thumbnails', done, total: Math.max(total, done) });
        const there = new Set(group?.objectKeys);
        for (const thumbnail of thumbnails) if (!there.has(thumbnail.objectKey)) await tellMissing(id, thumbnail);
      },
      onUnknown: async (found) => {
        const unnamed = await findUnnamed(
          sequelize,
          found.map((group) => group.key),
        );
        for (const group of found) if (unnamed.has(group.key)) await tellUnknown(group);
      },
    },
  );

  async function* groups(): AsyncGenerator<Group> {
    let group: Group = { key: '', objectKeys: [] };
    for await (const item of store.list('thumbnails', '')) {
      const key = originalKeyOfThumbnail(item.key);
      if (key === null) {
        if (!item.key.startsWith(servicePrefix)) await tellForeign(item);
        continue;
      }
      if (group.key !== key) {
        if (group.key) yield group;
        group = { key, objectKeys: [] };
      }
      group.objectKeys.push(item.key);
    }
    if (group.key) yield group;
  }

  async function tellForeign({ key, bytes }: ObjectSummary): Promise<void> {
    if (run.deleteOrphans) await store.delete('thumbnails', [key]);
    const outcome = run.deleteOrphans ? 'deleted' : 'left';
    run.onFinding({ kind: 'object_unknown', bucket: 'thumbnails', key, bytes, outcome });
  }

  async function tellUnknown({ key, objectKeys }: Group): Promise<void> {
    // With its original they are told of, and stay or go.
    if (await store.head('originals', key)) return;
    if (run.deleteOrphans) await store.delete('thumbnails', objectKeys);
    const outcome = run.deleteOrphans ? 'deleted' : 'left';
    run.onFinding({ kind: 'thumbnails_unknown', originalKey: key, objects: objectKeys.length, outcome });
  }

  async function tellMissing(imageId: string, { objectKey, tierHeight, format }: Row['thumbnails'][number]) {
    if (await store.head('thumbnails', objectKey)) return;
    const where = { imageId, objectKey };
    if ((await models.Thumbnail.count({ where })) === 0) return;
    if (run.fix) await makeAnew(imageId, objectKey);
    run.onFinding({ kind: 'thumbnail_missing', imageId, tierHeight, format, fixed: run.fix });
  }

  async function makeAnew(imageId: string, objectKey: string): Promise<void> {
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
