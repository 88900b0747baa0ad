import type { RecordAudit } from '../audit/record-audit.ts';
import type { Actor, Origin } from '../kernel/actor.ts';
import { requirePermission } from '../kernel/permissions.ts';
import type { Database } from '../models.ts';
import { lockToManage } from './lock-to-manage.ts';
import type { PasswordLinkTokens } from './password-link-token.ts';

export const passwordLinkHours = 24;

export interface MakePasswordLinkDeps extends Database {
  passwordLinks: PasswordLinkTokens;
  recordAudit: RecordAudit;
  publicUrl: string;
  now?: () => Date;
}

export interface PasswordLink {
  /** Sets a password once. It is nowhere kept: who made it passes it on, and to nobody else. */
  url: string;
  expiresAt: Date;
}

/**
 * A link by which somebody sets their own password, once and within a day: for staff with `users.change`, never for an
 * account with rights that the maker lacks. The log keeps who made it. `not_found`, `permission_denied`.
 */
export function makePasswordLinkOf(deps: MakePasswordLinkDeps) {
  const { sequelize, models, passwordLinks, recordAudit, publicUrl, now = () => new Date() } = deps;
  return async (actor: Actor | null, accountId: string, origin: Origin | null): Promise<PasswordLink> => {
    requirePermission(actor, 'users.change');
    return sequelize.transaction(async (transaction) => {
      const { account } = await lockToManage(models, { actor, permission: 'users.change', accountId }, transaction);
      const expiresAt = new Date(Math.floor(now().getTime() / 1000 + passwordLinkHours * 3_600) * 1000);
      const claims = { accountId, madeById: actor?.accountId ?? null, expiresAt };
      const token = passwordLinks.tokenOf(claims, account.tokenGeneration);
      await recordAudit(
        {
          actor,
          action: 'make_password_link',
          resource: 'users',
          recordId: accountId,
          recordTitle: account.username,
          changes: { expiresAt: { to: expiresAt.toISOString() } },
          origin,
        },
        transaction,
      );
      return { url: `${publicUrl}/admin/password/${token}`, expiresAt };
    });
  };
}
