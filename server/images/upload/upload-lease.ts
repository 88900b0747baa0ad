import type { Logger } from 'pino';
import { QueryTypes, type Sequelize } from 'sequelize';
import { accountEnded, type RunningUpload, uploadEnded } from './claim-upload.ts';

export interface UploadLeaseDeps {
  sequelize: Sequelize;
  logger: Logger;
  leaseSeconds: number;
}

export interface UploadLease {
  stop(): void;
}

/**
 * Moves the lease of a running upload on, three times in its length, and looks whether the account still stands.
 * `onLost` is called once, with the error that the upload is to end with: `token_not_valid` when the account is gone or
 * inactive, `unavailable` when the lease could not be renewed in time.
 */
export function keepLease(
  { sequelize, logger, leaseSeconds }: UploadLeaseDeps,
  upload: RunningUpload,
  onLost: (error: Error) => void,
): UploadLease {
  let renewedAt = performance.now();
  let running = false;
  const timer = setInterval(renew, (leaseSeconds * 1_000) / 3);
  timer.unref();
  const lose = (error: Error) => {
    clearInterval(timer);
    onLost(error);
  };

  async function renew(): Promise<void> {
    if (running) return;
    running = true;
    try {
      const [row] = await sequelize.query<{ isActive: boolean | null; isAlive: boolean }>(
        `WITH renewed AS (
           UPDATE images SET upload_lease_until = now() + make_interval(secs => $2)
           WHERE id = $1 AND state = 'uploading' AND upload_lease_until > now() RETURNING id)
         SELECT (SELECT is_active FROM accounts WHERE id = $3) AS "isActive", EXISTS (SELECT FROM renewed) AS "isAlive"`,
        { type: QueryTypes.SELECT, bind: [upload.imageId, leaseSeconds, upload.ownerId] },
      );
      if (!row?.isActive) lose(accountEnded());
      else if (!row.isAlive) lose(uploadEnded());
      else renewedAt = performance.now();
    } catch (error) {
      logger.warn({ err: error, imageId: upload.imageId }, 'the lease of an upload could not be renewed');
      if (performance.now() - renewedAt > leaseSeconds * 1_000) lose(uploadEnded());
    } finally {
      running = false;
    }
  }

  return { stop: () => clearInterval(timer) };
}
