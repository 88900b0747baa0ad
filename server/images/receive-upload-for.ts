import type { Request, Response } from 'express';
import type { Image } from '../../core/contracts/image.ts';
import { AppError } from '../../core/errors.ts';
import type { LoadActor } from '../accounts/load-actor.ts';
import type { RecordAudit } from '../audit/record-audit.ts';
import type { Actor, Origin } from '../kernel/actor.ts';
import { requirePermission } from '../kernel/permissions.ts';
import type { ReceiveUpload } from './receive-upload.ts';

export interface ReceiveUploadForDeps {
  loadActor: LoadActor;
  receiveUpload: ReceiveUpload;
  recordAudit: RecordAudit;
}

/** An upload on behalf of an account, of the request that carries it. */
export interface UploadFor {
  ownerId: string;
  /** Of the operation: part of what an Idempotency-Key is bound to. */
  path: string;
  origin: Origin;
}

/**
 * Takes an upload for somebody else, for staff with `images.add`. The image is the owner's in every way: it counts for the
 * owner's quota, and the owner's tier says how large it may be and which thumbnails it gets. The log tells who sent it, in
 * the transaction in which it becomes an image.
 *
 * Beside the errors of an upload: `permission_denied`, and `not_found` when there is no such active account, both before a
 * byte of the body is read.
 */
export function receiveUploadForOf({ loadActor, receiveUpload, recordAudit }: ReceiveUploadForDeps) {
  return async (req: Request, res: Response, actor: Actor, upload: UploadFor): Promise<Image> => {
    requirePermission(actor, 'images.add');
    const owner = await loadActor(upload.ownerId);
    if (!owner) throw new AppError('not_found', 'There is no such user, or the user is not active.');
    const { image } = await receiveUpload(req, res, owner, {
      path: upload.path,
      query: { on_conflict: 'rename' },
      alsoWrite: ({ id, name }, transaction) =>
        recordAudit(
          {
            actor,
            action: 'upload',
            resource: 'images',
            recordId: id,
            recordTitle: name,
            changes: { owner: { to: owner.username } },
            origin: upload.origin,
          },
          transaction,
        ),
    });
    return image;
  };
}

export type ReceiveUploadFor = ReturnType<typeof receiveUploadForOf>;
