import type { Sequelize } from 'sequelize';
import { AppError } from '../../core/errors.ts';
import type { RecordAudit } from '../audit/record-audit.ts';
import type { Actor, Origin } from '../kernel/actor.ts';
import { requirePermission } from '../kernel/permissions.ts';
import { linkUrl } from './link.presenter.ts';
import { findLinkImage } from './link-table.ts';
import type { LinkTokens } from './link-token.ts';

export interface ShowLinkDeps {
  sequelize: Sequelize;
  recordAudit: RecordAudit;
  publicUrl: string;
  tokens: LinkTokens;
}

/**
 * The address of somebody's expiring link, for staff with `links.view` and, because it opens the image, `images.view`.
 * The log keeps who asked. `not_found`.
 */
export function showLinkOf(deps: ShowLinkDeps) {
  const { sequelize, recordAudit } = deps;
  return async (actor: Actor, linkId: string, origin: Origin): Promise<{ url: string }> => {
    requirePermission(actor, 'links.view');
    requirePermission(actor, 'images.view');
    const link = await findLinkImage(sequelize, linkId);
    if (!link) throw new AppError('not_found', 'There is no such link any more.');
    const recordTitle = link.imageName;
    await recordAudit({ actor, action: 'show_link', resource: 'links', recordId: linkId, recordTitle, origin });
    return { url: linkUrl(deps, linkId) };
  };
}
