import type { Sequelize } from 'sequelize';
import { parseOriginalKey, servicePrefix } from '../../../core/storage/object-key.ts';
import type { ObjectStore, ObjectSummary } from '../../../core/storage/object-store.ts';
import { deleteObjects } from '../../images/delete-objects.ts';
import type { Models } from '../../models.ts';
import type { AdoptOriginal } from './adopt-original.ts';
import type { CheckRun } from './findings.ts';
import { findUnnamed, type SideBySideRow, sideBySide } from './side-by-side.ts';

export interface CheckOriginalsDeps {
  sequelize: Sequelize;
  models: Models;
  store: ObjectStore;
  adoptOriginal: AdoptOriginal;
}

interface Row extends SideBySideRow {
  ownerId: string;
  name: string;
  state: 'uploading' | 'stored';
  bytes: number;
}

/** Rows without originals, originals without rows, and lengths that differ. */
export async function checkOriginals(
  { sequelize, models, store, adoptOriginal }: CheckOriginalsDeps,
  run: CheckRun,
): Promise<void> {
  const total = await models.Image.count();
  let done = 0;
  const progress = (by: number) => {
    done += by;
    run.onProgress({ phase: 'originals', done, total: Math.max(total, done) });
  };

  await sideBySide<ObjectSummary, Row>(
    sequelize,
    {
      by: 'objectKey',
      listing: ours(),
      columns: `image.owner_id AS "ownerId", image.name, image.state, image.bytes`,
      signal: run.signal,
    },
    {
      onPair: async (row, item) => {
        progress(1);
        const { id: imageId, ownerId, name } = row;
        if (row.state === 'uploading') return;
        if (!item) {
          if (await isReallyMissing(row)) run.onFinding({ kind: 'original_missing', imageId, ownerId, name });
        } else if (item.bytes !== row.bytes) {
          const detail = `${item.bytes} bytes instead of ${row.bytes}`;
          run.onFinding({ kind: 'bytes_changed', imageId, ownerId, name, detail });
        }
      },
      onUnknown: async (items) => {
        const unnamed = await findUnnamed(
          sequelize,
          items.map((item) => item.key),
        );
        for (const item of items) {
          run.signal.throwIfAborted();
          progress(1);
          if (unnamed.has(item.key)) await bring(item);
        }
      },
    },
  );

  /** Other keys are told about on the way. */
  async function* ours(): AsyncGenerator<ObjectSummary> {
    for await (const item of store.list('originals', '')) {
      if (parseOriginalKey(item.key)) yield item;
      else if (!item.key.startsWith(servicePrefix)) await tellForeign(item);
    }
  }

  async function tellForeign({ key, bytes }: ObjectSummary): Promise<void> {
    if (run.deleteOrphans) await store.delete('originals', [key]);
    const outcome = run.deleteOrphans ? 'deleted' : 'left';
    run.onFinding({ kind: 'object_unknown', bucket: 'originals', key, bytes, outcome });
  }

  async function bring({ key, bytes }: ObjectSummary): Promise<void> {
    const tell = (outcome: 'left' | 'adopted' | 'deleted', detail: string) =>
      run.onFinding({ kind: 'original_unknown', key, bytes, outcome, detail });
    let reason = '';
    if (run.fix) {
      const adoption = await adoptOriginal(key);
      if (adoption.adopted) {
        const account = adoption.accountCreated ? 'the new, inactive account' : 'the account';
        return tell('adopted', `as ${adoption.name} of ${account} ${adoption.username}`);
      }
      reason = adoption.reason;
    }
    if (!run.deleteOrphans) return tell('left', reason);
    // Looked at again at the last moment: what has a name by now is nobody's orphan.
    if (!(await findUnnamed(sequelize, [key])).has(key)) return;
    await deleteObjects(store, [key]);
    tell('deleted', reason);
  }

  /** The listing may be older than the row, and the row than its deletion. */
  async function isReallyMissing({ id, objectKey }: Row): Promise<boolean> {
    if (await store.head('originals', objectKey)) return false;
    return (await models.Image.count({ where: { id, state: 'stored' } })) > 0;
  }
}
