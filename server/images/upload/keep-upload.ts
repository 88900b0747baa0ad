import type { Sequelize, Transaction } from 'sequelize';
import { findActor } from '../../accounts/account-table.ts';
import type { TierRules } from '../../tiers/tier-rules.ts';
import { nameOfId } from '../image-name.ts';
import { findStoredImage, type StoredImage } from '../image-table.ts';
import { accountEnded, type RunningUpload, uploadEnded } from './claim-upload.ts';
import type { ReceivedOriginal } from './receive-original.ts';
import { finishUpload } from './upload-table.ts';

/** What is to be written in the transaction in which an upload becomes an image. */
export type AlsoWrite = (image: { id: string; name: string }, transaction: Transaction) => Promise<void>;

export interface KeptUpload {
  image: StoredImage;
  tier: TierRules;
}

/**
 * The moment at which an upload becomes an image: one statement, after its bytes are durable. The quota is exact from
 * here on. The sweep looks after the thumbnails in a minute, should the store's event be lost. Throws `token_not_valid`
 * when the account is gone or inactive, `unavailable` when the lease ended.
 */
export async function keepUpload(
  { sequelize }: { sequelize: Sequelize },
  upload: RunningUpload,
  original: ReceivedOriginal,
  alsoWrite?: AlsoWrite,
): Promise<KeptUpload> {
  if (!alsoWrite) return keep(sequelize, upload, original);
  return sequelize.transaction(async (transaction) => {
    const kept = await keep(transaction, upload, original);
    await alsoWrite(kept.image, transaction);
    return kept;
  });
}

async function keep(
  on: Sequelize | Transaction,
  upload: RunningUpload,
  original: ReceivedOriginal,
): Promise<KeptUpload> {
  const { imageId, ownerId } = upload;
  const name = upload.name ?? nameOfId(imageId, original.contentType);
  const finished = await finishUpload(on, upload, { ...original, name });
  if (finished.outcome === 'account_ended') throw accountEnded();
  if (finished.outcome === 'upload_ended') throw uploadEnded();
  const tier = finished.tier ?? (await findActor(on, ownerId))?.tier;
  // The function may have been quicker than the last bytes: then there are thumbnails already.
  const image =
    finished.image.status === 'processing'
      ? { ...finished.image, thumbnails: [] }
      : await findStoredImage(on, ownerId, imageId);
  if (!tier || !image) throw uploadEnded();
  return { image, tier };
}
