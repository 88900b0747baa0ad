import type { Actor, Origin } from '../kernel/actor.ts';
import type { Models } from '../models.ts';
import { recordAuditOf } from './record-audit.ts';

/** Writes down that somebody left the panel. */
export function recordLogoutOf({ models }: { models: Models }) {
  const recordAudit = recordAuditOf(models);
  return async (actor: Actor, origin: Origin): Promise<void> => {
    const recordTitle = actor.username;
    await recordAudit({ actor, action: 'logout', resource: 'users', recordId: actor.accountId, recordTitle, origin });
  };
}
