import { QueryTypes, type Sequelize } from 'sequelize';
import { AppError } from '../../core/errors.ts';
import type { Actor, Origin } from '../accounts/actor.ts';
import { can } from '../accounts/permissions.ts';
import type { RecordAudit } from '../audit/record-audit.ts';

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
      const [link] = await sequelize.query<{ ownerId: string; imageName: string; revokedAt: Date | null }>(
        `SELECT link.owner_id AS "ownerId", link.revoked_at AS "revokedAt", image.name AS "imageName"
         FROM expiring_links link JOIN images image ON image.id = link.image_id
         WHERE link.id = $1 AND (link.owner_id = $2 OR $3) FOR UPDATE OF link`,
        { type: QueryTypes.SELECT, bind: [linkId, actor.accountId, can(actor, 'links.delete')], transaction },
      );
      if (!link) throw new AppError('not_found', 'You have no link with this id.');
      if (link.revokedAt) return;
      await sequelize.query('UPDATE expiring_links SET revoked_at = clock_timestamp() WHERE id = $1', {
        bind: [linkId],
        transaction,
      });
      if (link.ownerId === actor.accountId && !asStaff) return;
      await recordAudit(
        { actor, action: 'revoke', resource: 'links', recordId: linkId, recordTitle: link.imageName, origin },
        transaction,
      );
    });
  };
}
