import { literal, QueryTypes, type Transaction } from 'sequelize';
import { AppError } from '../../../core/errors.ts';
import { toImageName } from '../../../core/image-name.ts';
import { parseOriginalKey } from '../../../core/storage/object-key.ts';
import type { ObjectMetadata, ObjectStore } from '../../../core/storage/object-store.ts';
import { changeAccountUsage, lockAccount } from '../../accounts/account-table.ts';
import type { RecordAudit } from '../../audit/record-audit.ts';
import { nameOfId } from '../../images/image-name.ts';
import { recordImageChange } from '../../images/record-image-change.ts';
import { findFreeName } from '../../images/upload/free-name.ts';
import type { Database } from '../../models.ts';
import { type ReadOriginal, readOriginal } from './read-original.ts';

export interface AdoptOriginalDeps extends Database {
  store: ObjectStore;
  recordAudit: RecordAudit;
}

export type Adoption =
  | { adopted: true; imageId: string; username: string; name: string; accountCreated: boolean }
  | { adopted: false; reason: string };

/** What the object says of itself, as the upload wrote it. */
interface Origin {
  imageId: string;
  ownerId: string;
  username: string | null;
  name: string | null;
  createdAt: Date;
}

class NotAdoptable extends Error {}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Makes an image of an original that nothing names (the database is older than the store), with what the object says of
 * itself: id, owner, name and date; a name that is taken meanwhile gets a number. Its thumbnails are due at once.
 *
 * An owner whom the database does not know is made with the same id, inactive, without a password, in the default tier,
 * and under another username when somebody else has that one now: whoever has the name today may be another person.
 */
export function adoptOriginalOf({ sequelize, models, store, recordAudit }: AdoptOriginalDeps) {
  return async (objectKey: string): Promise<Adoption> => {
    try {
      const object = await store.get('originals', objectKey);
      if (!object) throw new NotAdoptable('it is gone');
      const origin = readOrigin(objectKey, object.metadata, object.lastModified);
      if (!origin) {
        object.body.destroy();
        throw new NotAdoptable('it does not say whose it is');
      }
      const original = await readOriginal(object.body).catch((error) => {
        if (error instanceof AppError && error.code !== 'unavailable') throw new NotAdoptable(error.detail);
        throw error;
      });
      return await sequelize.transaction((transaction) => adopt({ objectKey, origin, original }, transaction));
    } catch (error) {
      if (error instanceof NotAdoptable) return { adopted: false, reason: error.message };
      throw error;
    }
  };

  async function adopt(
    { objectKey, origin, original }: { objectKey: string; origin: Origin; original: ReadOriginal },
    transaction: Transaction,
  ): Promise<Adoption> {
    const { imageId, ownerId } = origin;
    const owner = await findOrMakeOwner(origin, transaction);
    if (await models.Image.findByPk(imageId, { transaction })) throw new NotAdoptable('another image has its id');
    if (await models.Tombstone.findByPk(objectKey, { transaction })) throw new NotAdoptable('it was deleted');
    const name = await findFreeName(origin.name ?? nameOfId(imageId, original.contentType), async (names) => {
      const taken = await models.Image.findAll({
        attributes: ['name'],
        where: { ownerId, name: [...names] },
        transaction,
      });
      return new Set(taken.map((image) => image.name));
    });
    await models.Image.create(
      {
        ...original,
        id: imageId,
        ownerId,
        name,
        objectKey,
        state: 'stored',
        createdAt: origin.createdAt,
        workDueAt: literal('now()') as never,
      },
      { transaction },
    );
    await changeAccountUsage(transaction, ownerId, { bytes: original.bytes, images: 1 });
    await recordImageChange(transaction, { ownerId, imageIds: [imageId] });
    const entry = {
      actor: null,
      action: 'adopt',
      resource: 'images',
      recordId: imageId,
      recordTitle: name,
      origin: null,
    };
    await recordAudit({ ...entry, changes: { owner: { to: owner.username } } }, transaction);
    return { adopted: true, imageId, username: owner.username, name, accountCreated: owner.isNew };
  }

  async function findOrMakeOwner({ ownerId, username }: Origin, transaction: Transaction) {
    if (await lockAccount(transaction, ownerId)) {
      const account = await models.Account.findByPk(ownerId, { transaction, rejectOnEmpty: true });
      return { username: account.username, isNew: false };
    }
    const tier = await models.Tier.findOne({ where: { isDefault: true }, transaction });
    if (!tier)
      throw new AppError('no_default_tier', 'There is no default tier. Start the service once, then check again.');
    const free = await insertOwner(
      { ownerId, tierId: tier.id, username: username ?? `recovered-${ownerId}` },
      transaction,
    );
    const entry = { actor: null, action: 'add', resource: 'users', recordId: ownerId, recordTitle: free, origin: null };
    await recordAudit({ ...entry, changes: { isActive: { to: false } } }, transaction);
    return { username: free, isNew: true };
  }

  async function insertOwner(
    { ownerId, tierId, username }: { ownerId: string; tierId: string; username: string },
    transaction: Transaction,
  ): Promise<string> {
    for (let number = 0; ; number += 1) {
      const candidate = number === 0 ? username : `${username.slice(0, 140)}-${number}`;
      const inserted = await sequelize.query(
        `INSERT INTO accounts (id, username, tier_id, is_active) VALUES ($1, $2, $3, false)
         ON CONFLICT (username) DO NOTHING RETURNING id`,
        { type: QueryTypes.SELECT, bind: [ownerId, candidate, tierId], transaction },
      );
      if (inserted.length > 0) return candidate;
    }
  }
}

export type AdoptOriginal = ReturnType<typeof adoptOriginalOf>;

function readOrigin(objectKey: string, metadata: ObjectMetadata, lastModified: Date): Origin | null {
  const imageId = parseOriginalKey(objectKey)?.imageId;
  const ownerId = metadata.owner?.toLowerCase() ?? '';
  const isItsOwn = metadata['image-id'] === undefined || metadata['image-id'] === imageId;
  if (!imageId || !isItsOwn || !uuid.test(ownerId)) return null;
  const name = decode(metadata.name);
  const username = decode(metadata.username);
  const createdAt = new Date(metadata['created-at'] ?? Number.NaN);
  return {
    imageId,
    ownerId,
    username: username !== null && /^[\p{L}\p{N}@.+_-]{1,150}$/u.test(username) ? username : null,
    name: name === null ? null : toImageName(name),
    createdAt: createdAt.getTime() <= Date.now() ? createdAt : lastModified,
  };
}

function decode(text: string | undefined): string | null {
  try {
    const decoded = text === undefined ? '' : decodeURIComponent(text);
    return decoded === '' || decoded.includes('\0') ? null : decoded;
  } catch {
    return null;
  }
}
