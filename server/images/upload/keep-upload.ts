import { QueryTypes, type Transaction } from 'sequelize';
import type { Database } from '../../db/models.ts';
import { type TierRules, tierRulesOf } from '../../tiers/tier-rules.ts';
import { nameOfId } from '../image-name.ts';
import { findStoredImage, type StoredImage } from '../image-table.ts';
import { lockAccount } from '../lock-image.ts';
import { recordImageChange } from '../record-image-change.ts';
import { type RunningUpload, uploadEnded } from './claim-upload.ts';
import { accountEnded, giveBytes } from './quota.ts';
import type { ReceivedOriginal } from './receive-original.ts';

/** What is to be written in the transaction in which an upload becomes an image. */
export type AlsoWrite = (image: { id: string; name: string }, transaction: Transaction) => Promise<void>;

/**
 * The moment at which an upload becomes an image: one transaction, after its bytes are durable. The quota is exact from
 * here on. The sweep looks after the thumbnails in a minute, should the store's event be lost. Throws `token_not_valid`
 * when the account is gone or inactive, `unavailable` when the lease ended.
 */
export async function keepUpload(
  { sequelize, models }: Database,
  upload: RunningUpload,
  original: ReceivedOriginal,
  alsoWrite?: AlsoWrite,
): Promise<{ image: StoredImage; tier: TierRules }> {
  const { imageId, ownerId } = upload;
  return sequelize.transaction(async (transaction) => {
    const tier = await tierOfActive({ sequelize, models }, ownerId, transaction);
    const [, changed] = await sequelize.query(
      `UPDATE images SET state = 'stored', upload_lease_until = NULL, reserved_bytes = 0, name = $2, content_type = $3,
         bytes = $4, sha256 = $5, width = COALESCE(width, $6), height = COALESCE(height, $7),
         created_at = clock_timestamp(), updated_at = clock_timestamp(),
         work_due_at = COALESCE(work_due_at, now() + interval '1 minute')
       WHERE id = $1 AND state = 'uploading' AND upload_lease_until > now()`,
      {
        type: QueryTypes.UPDATE,
        bind: [
          imageId,
          upload.name ?? nameOfId(imageId, original.contentType),
          original.contentType,
          original.bytes,
          original.sha256,
          original.width,
          original.height,
        ],
        transaction,
      },
    );
    if (changed === 0) throw uploadEnded();
    await giveBytes(sequelize, ownerId, upload.reservedBytes - original.bytes, transaction);
    await recordImageChange(sequelize, { ownerId, imageIds: [imageId] }, transaction);
    const image = await findStoredImage(transaction, ownerId, imageId);
    if (!image) throw uploadEnded();
    await alsoWrite?.(image, transaction);
    return { image, tier };
  });
}

/**
 * Locks the account, so that its tier and what it may do stay as they are until the end of the transaction. In a
 * statement of its own, as `reserveBytes` explains.
 */
async function tierOfActive(
  { sequelize, models }: Database,
  accountId: string,
  transaction: Transaction,
): Promise<TierRules> {
  await lockAccount(sequelize, accountId, transaction);
  const account = await models.Account.findByPk(accountId, {
    include: { association: 'tier', required: true },
    transaction,
  });
  if (!account?.isActive || !account.tier) throw accountEnded();
  return tierRulesOf(account.tier);
}
