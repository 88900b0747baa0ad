import { Router } from 'express';
import { validate as isUuid } from 'uuid';
import { AppError } from '../../core/errors.ts';
import type { PanelDeps } from '../panel-deps.ts';
import type { PanelUser } from '../session/panel-user.ts';

/**
 * `POST /upload/OWNER_ID?filename=cat.png`: the bytes of one image, streamed, for that user. It stands beside AdminJS's
 * API, which reads small bodies into memory.
 */
export function uploadRouter({ useCases }: Pick<PanelDeps, 'useCases'>): Router {
  const router = Router({ caseSensitive: true });
  router.all('/upload/:ownerId', async (req, res) => {
    const { ownerId } = req.params;
    if (!isUuid(ownerId)) throw new AppError('not_found', 'There is nothing at this address.');
    if (req.method !== 'POST') throw new AppError('method_not_allowed', 'Use POST.', { allow: ['POST'] });
    const { actor, origin } = res.locals.panelUser as PanelUser;
    const upload = { ownerId, path: '/admin/upload', origin };
    const { id, name } = await useCases.receiveUploadFor(req, res, actor, upload);
    res.status(201).json({ id, name });
  });
  return router;
}
