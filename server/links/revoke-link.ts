import type { Sequelize } from 'sequelize';
import { AppError } from '../../core/errors.ts';
import type { RecordAudit } from '../audit/record-audit.ts';
import type { Actor, Origin } from '../kernel/actor.ts';
import { can } from '../kernel/permissions.ts';
import { lockLink, markLinkRevoked } from './link-table.ts';

/**
 * Ends a link for good. Its owner may, and staff with `links.delete`, which the log then tells; `asStaff`, for requests of
 * the panel, tells it of one's own links too. A link that is revoked already stays so and is no error. `not_found` for a
 * link that does not exist or is somebody else's.
 */
export function revokeLinkOf({ sequelize, recordAudit }: { sequelize: Sequelize; recordAudit: RecordAudit }) {
  return async function revokeLink(
    actor: Actor,
    linkId: string,
    origin: Origin,
    { asStaff = false }: { asStaff?: boolean } = {},
  ): Promise<void> {
    await sequelize.transaction(async (transaction) => {
      const link = await lockLink(transaction, linkId, actor.accountId, can(actor, 'links.delete'));
      if (!link) throw new AppError('not_found', 'You have no link with this id.');
      if (link.revokedAt) return;
      await markLinkRevoked(transaction, linkId);
      if (link.ownerId === actor.accountId && !asStaff) return;
      await recordAudit(
        { actor, action: 'revoke', resource: 'links', recordId: linkId, recordTitle: link.imageName, origin },
        transaction,
      );
    });
  };
}
