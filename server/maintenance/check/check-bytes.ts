import { literal } from 'sequelize';
import { inParallel } from '../../../core/async/in-parallel.ts';
import type { ObjectStore } from '../../../core/storage/object-store.ts';
import type { ImageModel } from '../../images/image.model.ts';
import type { Models } from '../../models.ts';
import type { CheckRun } from './findings.ts';
import { hashOf } from './read-original.ts';

const atOnce = 200;
const lanes = 4;

/** Reads originals, all or so many by chance, and compares their hashes with those of the upload. */
export async function checkBytes(
  { models, store }: { models: Models; store: ObjectStore },
  sample: number | 'all',
  run: CheckRun,
): Promise<void> {
  const stored = await models.Image.count({ where: { state: 'stored' } });
  const total = sample === 'all' ? stored : Math.min(sample, stored);
  let done = 0;
  for await (const images of batches(models, sample)) {
    await inParallel(
      images,
      lanes,
      async (image) => {
        await compare(image);
        done += 1;
        run.onProgress({ phase: 'bytes', done, total: Math.max(total, done) });
      },
      run.signal,
    );
    run.signal.throwIfAborted();
  }

  async function compare({ id: imageId, ownerId, name, objectKey, bytes, sha256 }: ImageModel): Promise<void> {
    const object = await store.get('originals', objectKey);
    if (!object) return;
    const found = await hashOf(object.body);
    // A length that differs is told of already.
    if (found.sha256 === sha256 || found.bytes !== bytes) return;
    run.onFinding({ kind: 'bytes_changed', imageId, ownerId, name, detail: 'another SHA-256 than at the upload' });
  }
}

async function* batches(models: Models, sample: number | 'all'): AsyncGenerator<ImageModel[]> {
  const attributes = ['id', 'ownerId', 'name', 'objectKey', 'bytes', 'sha256'];
  if (sample !== 'all') {
    yield await models.Image.findAll({
      attributes,
      where: { state: 'stored' },
      order: literal('random()'),
      limit: sample,
    });
    return;
  }
  for (let after = ''; ; ) {
    const images = await models.Image.findAll({
      attributes,
      where: literal(`state = 'stored' AND object_key > ${models.Image.sequelize?.escape(after)}`),
      order: [['objectKey', 'ASC']],
      limit: atOnce,
    });
    yield images;
    const last = images.at(-1);
    if (!last || images.length < atOnce) return;
    after = last.objectKey;
  }
}
